import { authorizeInstallation } from "@/lib/access/authorize";
import type { EdgeStateResponse } from "@/lib/access/edge-protocol";
import type { VerbContext } from "@/lib/access/verb-context";
import { internalAuthority, type EdgeCertificate } from "@/lib/gateway/edge-port";
import { coversName } from "../domains/certificate-pair";
import { expiryOf } from "../domains/expiry";
import type { EdgeKeeper } from "./edge-keeper";
import { readEdgeSetting } from "./edge-setting";
import { isServed } from "./served-domains";

type ServedName = Omit<EdgeStateResponse["names"][number], "certificate">;

/** What the edge is at, asked for now: whether it runs, what it serves against what is wanted, and the certificate of each name. */
export async function readEdgeState(ctx: VerbContext, tools: { edge: EdgeKeeper }, signal: AbortSignal): Promise<EdgeStateResponse> {
  await authorizeInstallation(ctx, "installation.settings");
  const [look, names] = await Promise.all([tools.edge.look(signal), listNames(ctx)]);
  const { health, inForce, wanted, leftOut, refusal, certificates, internalRootPem } = look;
  return {
    ...health,
    version: { inForce: shorten(inForce), wanted: shorten(wanted), isWanted: inForce === wanted },
    refusal, leftOut, internalRootPem,
    names: names.map((name) => ({ ...name, certificate: describe(certificateOf(name, certificates), ctx.now()) })),
  };
}

/** Eight characters that stand for the whole document. */
const shorten = (version: string | null) => version?.slice(0, 8) ?? null;

async function listNames({ store: { db } }: VerbContext): Promise<ServedName[]> {
  const [{ isOn, panelHost }, domains] = await Promise.all([
    readEdgeSetting(db),
    db.domain.findMany({ where: isServed, select: { hostname: true, tls: true, project: { select: { ref: true, displayName: true } } }, orderBy: { hostname: "asc" } }),
  ]);
  const panel = isOn && panelHost !== null ? [{ hostname: panelHost.hostname, tls: panelHost.tls, project: null }] : [];
  return [...panel, ...domains.map(({ hostname, tls, project }) => ({ hostname, tls: toTls(tls), project }))];
}

const toTls = (tls: string): ServedName["tls"] => (tls === "acme" || tls === "uploaded" ? tls : "internal");

/** The newest of the kind that the name asks for: Caddy keeps those that it had before. */
function certificateOf({ hostname, tls }: ServedName, certificates: readonly EdgeCertificate[]): EdgeCertificate | undefined {
  const isOfKind = ({ source, authority }: EdgeCertificate) => {
    if (tls === "uploaded") return source === "uploaded";
    return source === "issued" && (authority === internalAuthority) === (tls === "internal");
  };
  if (tls === "none") return undefined;
  return certificates.filter((each) => isOfKind(each) && coversName(each.names, hostname)).sort((a, b) => b.notBeforeMs - a.notBeforeMs)[0];
}

function describe(certificate: EdgeCertificate | undefined, now: Date): EdgeStateResponse["names"][number]["certificate"] {
  if (certificate === undefined) return null;
  const { issuer, notBeforeMs, notAfterMs, source } = certificate;
  return { issuer, notBefore: new Date(notBeforeMs).toISOString(), notAfter: new Date(notAfterMs).toISOString(), ...expiryOf({ notBeforeMs, notAfterMs, isRenewed: source === "issued" }, now) };
}
