import { NotFoundError } from "@/lib/access/errors";
import type { Db } from "@/lib/adapters/store/types";
import type { EdgeSetting } from "../edge/edge-setting";
import type { DomainKind, DomainState, DomainTls } from "./domain-views";

type Stored = Awaited<ReturnType<typeof readStored>>;
export type DomainRow = Omit<NonNullable<Stored>, "state"> & { state: DomainState };

const readStored = (db: Db, projectId: string, hostname: string) => db.domain.findFirst({ where: { projectId, hostname } });

const states: readonly DomainState[] = ["added", "rehearsing", "waiting", "open", "failed"];
/** In these the edge serves something of the name, if only that it is not open yet. */
export const servedStates = ["rehearsing", "waiting", "open"] as const satisfies readonly DomainState[];
/** A state that nobody knows is one in which nothing is served. */
const stateOf = (text: string): DomainState => states.find((state) => state === text) ?? "failed";

export const toDomainRow = (row: NonNullable<Stored>): DomainRow => ({ ...row, state: stateOf(row.state) });
export const tlsOf = ({ tls }: { tls: string }): DomainTls => (tls === "uploaded" || tls === "internal" ? tls : "acme");
export const kindOf = ({ kind }: { kind: string }): DomainKind => (kind === "studio" ? "studio" : "api");

/** A domain of a project, under the name as it is stored or as people write it. @throws NotFoundError */
export async function findDomain(db: Db, projectId: string, typed: string): Promise<DomainRow> {
  const row = await readStored(db, projectId, storedName(typed));
  if (row === null) throw new NotFoundError(`The project has no domain ${typed}.`);
  return toDomainRow(row);
}

/** @throws NotFoundError when it has been removed */
export async function getDomain(db: Db, id: string): Promise<DomainRow> {
  const row = await db.domain.findUnique({ where: { id } });
  if (row === null) throw new NotFoundError("The domain has been removed.");
  return toDomainRow(row);
}

function storedName(typed: string): string {
  const text = typed.trim().replace(/\.$/, "");
  const [star, bare] = text.startsWith("*.") ? ["*.", text.slice(2)] : ["", text];
  return star + (/^[^\s/\\:@?#%[\]]+$/.test(bare) && URL.canParse(`http://${bare}`) ? new URL(`http://${bare}`).hostname : bare);
}

/** Address of a name in browsers. A wildcard's is that of the zone, which says more than a star in a link. */
export function domainUrl(hostname: string, { httpsPort }: Pick<EdgeSetting, "httpsPort">): string {
  return `https://${hostname}${httpsPort === 443 ? "" : `:${httpsPort}`}`;
}
