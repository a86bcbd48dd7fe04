import { isHostname } from "@/lib/gateway/edge-input";
import { renderExternalCaddy } from "@/lib/gateway/external-proxies/caddy";
import type { ExternalProxyFile, ExternalProxyInput } from "@/lib/gateway/external-proxies/input";
import { renderExternalNginx } from "@/lib/gateway/external-proxies/nginx";
import { renderExternalTraefik } from "@/lib/gateway/external-proxies/traefik";

/** The form as it is typed. */
export type ProxyWish = { hostnames: string; certificatePath: string; keyPath: string };

/** `refusal`: why this proxy cannot do it, in the renderer's words; null when there are files. */
export type DrawnProxy = { id: string; label: string; files: readonly ExternalProxyFile[]; hints: readonly string[]; refusal: string | null };

export type DrawnProxies = { proxies: DrawnProxy[]; errors: Partial<Record<keyof ProxyWish, string>> };

type Project = { ref: string; upstream: ExternalProxyInput["upstream"] };

const renderers = [
  { id: "nginx", label: "Nginx", render: renderExternalNginx },
  { id: "caddy", label: "Caddy", render: renderExternalCaddy },
  { id: "traefik", label: "Traefik", render: renderExternalTraefik },
] as const;

/** Draws the configuration of every proxy for what is typed; none while a field is wrong. */
export function drawProxies({ ref, upstream }: Project, { hostnames, certificatePath, keyPath }: ProxyWish): DrawnProxies {
  const names = hostnames.toLowerCase().split(/[\s,]+/).filter((name) => name !== "");
  const errors = findErrors(names, certificatePath.trim(), keyPath.trim());
  if (names.length === 0 || Object.keys(errors).length > 0) return { proxies: [], errors };
  const certificate = certificatePath.trim() === "" ? null : { certificatePath: certificatePath.trim(), keyPath: keyPath.trim() };
  const input: ExternalProxyInput = { projectRef: ref, hostnames: names, upstream, certificate, maxBodyBytes: null, redirectsHttp: true };
  return { errors, proxies: renderers.map(({ id, label, render }) => ({ id, label, ...draw(() => render(input)) })) };
}

function findErrors(names: readonly string[], certificatePath: string, keyPath: string): DrawnProxies["errors"] {
  const wrong = names.find((name) => !isHostname(name));
  const isPath = (text: string) => /^(\/[A-Za-z0-9._@+~-]+)+$/.test(text);
  const sayPath = "Use an absolute path of letters, digits and . _ @ + ~ -";
  return {
    ...(wrong === undefined ? {} : { hostnames: `“${wrong}” is no host name. Write international names in their ASCII form (xn--…).` }),
    ...(certificatePath === "" || isPath(certificatePath) ? {} : { certificatePath: sayPath }),
    ...(keyPath === "" || isPath(keyPath) ? {} : { keyPath: sayPath }),
    ...(certificatePath === "" && keyPath !== "" ? { certificatePath: "A key needs its certificate." } : {}),
    ...(certificatePath !== "" && keyPath === "" ? { keyPath: "A certificate needs its key." } : {}),
  };
}

function draw(render: () => { files: readonly ExternalProxyFile[]; hints: readonly string[] }): Pick<DrawnProxy, "files" | "hints" | "refusal"> {
  try {
    return { ...render(), refusal: null };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { files: [], hints: [], refusal: error.message };
  }
}
