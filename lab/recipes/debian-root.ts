import { run } from "../run";
import type { Layer } from "../layers";

const suite = "trixie";

/** Files that no program in a container reads; LLVM compiles queries, which the official image has switched off. */
const left = ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*", "/usr/lib/x86_64-linux-gnu/libLLVM*", "/usr/lib/x86_64-linux-gnu/libz3*", "/usr/lib/postgresql/*/lib/llvmjit*", "/usr/lib/postgresql/*/lib/bitcode/*"];

/** Debian's package would make a cluster of its own at once. */
const noCluster = "mkdir -p \"$1/etc/postgresql-common\" && echo 'create_main_cluster = false' > \"$1/etc/postgresql-common/createcluster.conf\"";

/** A Debian root with these packages and what they need: the lowest layer of every image. */
function debianRoot(packages: readonly string[], lastCommand = "true"): Layer {
  const args = ["--variant=minbase", "--quiet", "--skip=output/dev", ...left.map((path) => `--dpkgopt=path-exclude=${path}`), `--essential-hook=${noCluster}`, `--customize-hook=${lastCommand}`, `--include=${packages.join(",")}`, suite, "-"];
  return {
    name: `Debian ${suite}: ${packages.join(", ")}`,
    content: { kind: "debian-root", args },
    write: async (output) => void (await run("mmdebstrap", args, { output })),
  };
}

/** Under everything but the database. What an image should not have on its PATH is taken out by a layer above. */
export const debianBase = debianRoot(["ca-certificates", "curl", "wget", "tzdata", "pgbouncer"]);

/** In the official image `postgres` may create these though they are not trusted: by supautils, which none of the lab's sources has. */
const trustExtensions = 'for name in pg_cron pgaudit vector; do echo "trusted = true" >> "$1/usr/share/postgresql/17/extension/$name.control"; done';

export const databaseBase = debianRoot(["ca-certificates", "postgresql-17", "postgresql-17-cron", "postgresql-17-pgvector", "postgresql-17-pgaudit", "postgresql-17-wal2json"], trustExtensions);

export const defaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
