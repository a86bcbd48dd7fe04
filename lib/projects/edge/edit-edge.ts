import type { z } from "zod";
import { toActorRef } from "@/lib/access/actor-ref";
import { audit } from "@/lib/access/audit";
import { authorizeInstallation } from "@/lib/access/authorize";
import { ConflictError, InvalidError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import type { Db } from "@/lib/adapters/store/types";
import { enqueueOperation } from "@/lib/operations/queue";
import { normaliseHostname } from "../domains/hostname";
import { authorityOf, edgeChangeSchema, readEdgeSetting, type EdgeChange, type EdgeSetting, type PanelHost } from "./edge-setting";
import { editEdgeInput } from "./inputs";
import { requireNothingServed } from "./served-domains";
import { requireIdleEdge } from "./turn-edge";

/**
 * Changes where certificates come from, the public ports, and the panel's own name. The edge serves it, a name of the panel's is asked
 * through it, and what fails goes back. `panelPort`: where the panel itself listens, which the edge cannot have.
 * @throws InvalidError for a port that a project or the panel holds; ConflictError `edge-off`, `name-taken`, `domains-left`, `operation-running`
 */
export async function editEdge(ctx: VerbContext, input: z.input<typeof editEdgeInput>, { panelPort }: { panelPort: number }): Promise<{ operationId: string | null }> {
  await authorizeInstallation(ctx, "installation.settings");
  const wish = parseInput(editEdgeInput, input);
  return ctx.store.transaction(async (tx) => {
    const setting = await readEdgeSetting(tx);
    const before = edgeChangeSchema.parse(setting);
    const after = withHostname(setting, edgeChangeSchema.parse({ ...before, ...Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined)) }));
    if (JSON.stringify(after) === JSON.stringify(before)) return { operationId: null };
    await requireIdleEdge(tx);
    await check(tx, setting, after, panelPort);
    const operationId = await enqueueOperation(tx, { kind: "edge.edit", projectId: null, input: { before, after }, actor: toActorRef(ctx.actor), now: ctx.now(), dedupeKey: "edge" });
    await audit(tx, ctx, { action: "edge.edit", operationId, summary: summarise(before, after), detail: { before: told(before), after: told(after) } });
    return { operationId };
  });
}

/** @throws InvalidError where the panel's name is none, or none that a certificate can be had for */
function withHostname(setting: EdgeSetting, change: EdgeChange): EdgeChange {
  const { panelHost } = change;
  if (panelHost === null) return change;
  const read = normaliseHostname(panelHost.hostname, { tls: panelHost.tls === "acme" ? "acme" : "internal", authority: authorityOf({ ...setting, ...change }) });
  if (!read.ok) throw new InvalidError({ "panelHost.hostname": read.sentence });
  if (read.isWildcard) throw new InvalidError({ "panelHost.hostname": "The panel has one name, such as panel.example.com." });
  return { ...change, panelHost: { ...panelHost, hostname: read.hostname } };
}

async function check(tx: Db, setting: EdgeSetting, after: EdgeChange, panelPort: number): Promise<void> {
  if (after.httpPort === after.httpsPort) throw new InvalidError({ httpsPort: "Use two different ports." });
  for (const field of ["httpPort", "httpsPort"] as const) if (after[field] !== setting[field]) await requireFreePort(tx, field, after[field], panelPort);
  if (after.httpPort !== setting.httpPort || after.httpsPort !== setting.httpsPort) {
    await requireNothingServed(tx, (hostname, ref) => `${hostname} of ${ref} is served on the ports as they are, and its project was told so. Remove the domains of all projects first.`);
  }
  if (after.panelHost !== null) await checkPanelHost(tx, setting, after.panelHost);
}

/** The edge listens on every address of the machine: a port that anybody was given on one of them is not its to take. */
async function requireFreePort(tx: Db, field: "httpPort" | "httpsPort", port: number, panelPort: number): Promise<void> {
  if (port === panelPort) throw new InvalidError({ [field]: `Port ${port} is the panel's own. Choose another one.` });
  const held = await tx.portAllocation.findFirst({ where: { port }, select: { purpose: true, project: { select: { ref: true } } } });
  if (held !== null) throw new InvalidError({ [field]: `Port ${port} ${held.purpose === "gateway" ? "is the address" : "belongs to a service"} of the project ${held.project.ref}. Choose another one.` });
}

async function checkPanelHost(tx: Db, { isOn, panelHost }: EdgeSetting, wanted: PanelHost): Promise<void> {
  if (JSON.stringify(panelHost) === JSON.stringify(wanted)) return;
  if (!isOn) throw new ConflictError("edge-off", "The edge is off. Turn it on first, then give the panel its name.");
  const taken = await tx.domain.findFirst({ where: { hostname: wanted.hostname }, select: { project: { select: { ref: true } } } });
  if (taken !== null) throw new ConflictError("name-taken", `${wanted.hostname} is a domain of ${taken.project.ref}. Remove it there first, or use another name.`, { field: "panelHost.hostname" });
  if (wanted.tls === "none" && wanted.hstsSeconds !== null) throw new InvalidError({ "panelHost.hstsSeconds": "HSTS is said over HTTPS alone: the proxy that ends TLS has to say it." });
}

/** The root is public, and long. */
const told = ({ acme, ...rest }: EdgeChange) => ({ ...rest, acme: acme === null ? null : { directoryUrl: acme.directoryUrl, email: acme.email, hasRoot: acme.caRootPem !== null } });

function summarise(before: EdgeChange, after: EdgeChange): string {
  const differs = (key: keyof EdgeChange) => JSON.stringify(before[key]) !== JSON.stringify(after[key]);
  const parts = [
    ...(differs("acme") ? [`certificates from ${after.acme === null ? "Let's Encrypt" : new URL(after.acme.directoryUrl).host}`] : []),
    ...(differs("httpPort") || differs("httpsPort") ? [`ports ${after.httpPort} and ${after.httpsPort}`] : []),
    ...(differs("publicAddresses") ? ["addresses of the machine"] : []),
    ...(differs("trustedProxies") ? ["proxies in front"] : []),
    ...(differs("panelHost") ? [after.panelHost === null ? "the panel without a name of its own" : `the panel at ${after.panelHost.hostname}`] : []),
  ];
  return `Change the edge: ${parts.join(", ")}`;
}
