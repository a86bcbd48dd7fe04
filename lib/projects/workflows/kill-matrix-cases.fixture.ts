import { LABEL } from "@/lib/engine/observed";
import { sampleOwnRoute } from "@/lib/gateway/own-route.fixture";
import { defaultGatewaySettings, type GatewaySettings } from "@/lib/gateway/route-model";
import { createProject } from "../create-project";
import { deleteProject, purgeProject, undoDeleteProject } from "../delete-project";
import { deployFunction } from "../deploy-function";
import { addDomain } from "../domains/add-domain";
import { attachDomain, removeDomain } from "../domains/attach-domain";
import { changeDomain } from "../domains/change-domain";
import { editProject } from "../edit-project";
import { editEdge } from "../edge/edit-edge";
import { enlistProjects } from "../edge/enlist-projects";
import { turnEdgeOff, turnEdgeOn } from "../edge/turn-edge";
import { exportProject } from "../export-project";
import { applyGatewayDraft } from "../gateway/apply-draft";
import { saveGatewayDraft } from "../gateway/save-draft";
import { endGatewayBeside, previewGatewaySwitch, switchGateway } from "../gateway/switch-gateway";
import { endKeyOverlap, rotateJwtSecret, rotateKey, switchLegacyKeys } from "../keys/rotate-keys";
import { pauseProject } from "../pause-project";
import { reconcileProject } from "../reconcile-project";
import { restartService } from "../restart-service";
import { resumeProject } from "../resume-project";
import type { Scene } from "../scene.fixture";
import { addStudioUser, changeStudioSettings, changeStudioUser, removeStudioUser, renewFirstStudioUser } from "../studio/change-studio";

/** One line for each workflow and each way that it can end: what has happened before, what is asked for, and what is in its way. */

export const ref = "shop";
const services = ["db", "api-gw", "auth", "rest", "functions"] as const;

export type Ask = (scene: Scene) => Promise<{ operationId: string | null }>;
export type Case = { name: string; given: Ask[]; ask: Ask; /** How it must end; `done` where nothing is said. */ ends?: string; prepare?: (scene: Scene) => void };

export const create: Ask = (scene) => createProject(scene.ctx(), { displayName: "Shop", services: [...services] });
const createWithStudio: Ask = (scene) => createProject(scene.ctx(), { displayName: "Shop", services: [...services, "meta", "studio"] });
const pause: Ask = (scene) => pauseProject(scene.ctx(), { ref });
const remove: Ask = (scene) => deleteProject(scene.ctx(), { ref, confirmName: ref });
const hello = { path: "index.ts", contentBase64: Buffer.from("Deno.serve(() => new Response('hi'))").toString("base64") };
const deploy: Ask = (scene) => deployFunction(scene.ctx(), { ref, name: "hello", files: [hello] });
const edit: Ask = (scene) => editProject(scene.ctx(), { ref, siteUrl: "https://shop.example.com", gatewayPort: 8555, services: ["db", "api-gw", "auth", "rest", "functions", "meta"] });
const breakOneContainer = (scene: Scene) => void (scene.world.containers = scene.world.containers.filter((container) => container.labels[LABEL.service] !== "rest"));

const hooks: GatewaySettings = { ...defaultGatewaySettings, ownRoutes: [sampleOwnRoute()] };
const applyRoutes = (settings: GatewaySettings): Ask => async (scene) => {
  const { version } = await saveGatewayDraft(scene.ctx(), { ref, settings, version: null });
  return applyGatewayDraft(scene.ctx(), { ref, version: version ?? "" });
};
const otherRoutes: GatewaySettings = { ...defaultGatewaySettings, ownRoutes: [sampleOwnRoute({ id: "own-other", upstream: { kind: "external", origin: "https://api.example.com", forwardsCredentials: false } })] };

const addUser: Ask = (scene) => addStudioUser(scene.ctx(), { ref, username: "ann" });
const limitStudio: Ask = (scene) => changeStudioSettings(scene.ctx(), { ref, allowedNetworks: ["10.0.0.0/8"] });
const rotate: Ask = (scene) => rotateKey(scene.ctx(), { ref, kind: "secret", overlapHours: 24 });
const breakFunctions = (scene: Scene) => void (scene.world.programs["functions"] = { exitsWith: 1 });

const switchTo = (to: "envoy" | "kong"): Ask => async (scene) => switchGateway(scene.ctx(), { ref, to, acknowledged: (await previewGatewaySwitch(scene.ctx(), { ref })).report.differences.map(({ id }) => id) });
const breakKong = (scene: Scene) => void (scene.world.programs["kong"] = { exitsWith: 1 });

const turnOn: Ask = (scene) => turnEdgeOn(scene.ctx());
const turnOff: Ask = (scene) => turnEdgeOff(scene.ctx());
/** The move that the edge's setting asks for, as the worker's loop enlists it. */
const move: Ask = async (scene) => {
  await enlistProjects(scene.store, scene.clock.now);
  const { id } = await scene.store.db.operation.findFirstOrThrow({ where: { kind: { in: ["edge.join", "edge.leave"] }, finishedAt: null } });
  return { operationId: id };
};
const takeAddress = (scene: Scene) => void scene.edgeWorld.portsHeldByOthers.push("127.0.0.1:8100");

const namePanel: Ask = (scene) => editEdge(scene.ctx(), { panelHost: { hostname: "panel.example.com", tls: "internal" } }, { panelPort: 3000 });
const takePublicPort = (scene: Scene) => void scene.edgeWorld.portsHeldByOthers.push(":443");

const hostname = "api.example.com";
const attach: Ask = async (scene) => {
  await addDomain(scene.ctx(), { ref, hostname }, { panelUrl: null });
  return attachDomain(scene.ctx(), { ref, hostname });
};
const refuseCertificate = (directoryUrl: string) => (scene: Scene) => void scene.edgeWorld.refusals.push({ hostname, directoryUrl, detail: "HTTP 429 urn:ietf:params:acme:error:rateLimited" });

export const cases: Case[] = [
  { name: "create", given: [], ask: create },
  { name: "pause", given: [create], ask: pause },
  { name: "resume", given: [create, pause], ask: (scene) => resumeProject(scene.ctx(), { ref }) },
  { name: "restart", given: [create], ask: (scene) => restartService(scene.ctx(), { ref, service: "auth" }) },
  { name: "reconcile", given: [create], prepare: breakOneContainer, ask: (scene) => reconcileProject(scene.ctx(), { ref }) },
  { name: "edit", given: [create], ask: edit },
  { name: "edit that fails and goes back", given: [create], prepare: (scene) => void (scene.world.programs["meta"] = { exitsWith: 1 }), ask: edit, ends: "undone" },
  { name: "delete", given: [create], ask: remove },
  { name: "undo-delete", given: [create, deploy, remove], ask: (scene) => undoDeleteProject(scene.ctx(), { ref }) },
  { name: "purge", given: [create, remove], ask: (scene) => purgeProject(scene.ctx(), { ref, confirmName: ref }) },
  { name: "export", given: [create, deploy], ask: (scene) => exportProject(scene.ctx(), { ref }) },
  { name: "function deploy", given: [create], ask: deploy },
  { name: "gateway apply", given: [create, applyRoutes(hooks)], ask: applyRoutes(otherRoutes) },
  { name: "gateway apply that is refused and goes back", given: [create, applyRoutes(hooks)], prepare: (scene) => void (scene.world.refusesConfiguration = true), ask: applyRoutes(otherRoutes), ends: "undone" },
  { name: "gateway apply that is not proven and goes back", given: [create, applyRoutes(hooks)], prepare: (scene) => void scene.world.deadRoutes.push("own-other"), ask: applyRoutes(otherRoutes), ends: "undone" },
  { name: "switch of the gateway", given: [create], ask: switchTo("kong") },
  { name: "switch of the gateway that fails and goes back", given: [create], prepare: breakKong, ask: switchTo("kong"), ends: "undone" },
  { name: "switch of the gateway that its checker refuses and goes back", given: [create], prepare: (scene) => void (scene.world.refusesConfiguration = true), ask: switchTo("kong"), ends: "undone" },
  { name: "switch of the gateway behind the edge", given: [turnOn, create], ask: switchTo("kong") },
  { name: "switch of the gateway behind the edge that is not proven and goes back", given: [turnOn, create], prepare: (scene) => void scene.world.deadRoutes.push("rest"), ask: switchTo("kong"), ends: "undone" },
  { name: "switch back to the kept gateway", given: [turnOn, create, switchTo("kong")], ask: switchTo("envoy") },
  { name: "end of the kept gateway", given: [create, switchTo("kong")], ask: (scene) => endGatewayBeside(scene.ctx(), { ref }) },
  { name: "gateway apply with Kong", given: [create, switchTo("kong")], ask: applyRoutes(hooks) },
  { name: "gateway apply that Kong refuses and goes back", given: [create, switchTo("kong")], prepare: (scene) => void (scene.world.refusesConfiguration = true), ask: applyRoutes(hooks), ends: "undone" },
  { name: "key rotation with an overlap", given: [create], ask: rotate },
  { name: "key rotation that ends the old key at once", given: [create], ask: (scene) => rotateKey(scene.ctx(), { ref, kind: "publishable", overlapHours: 0 }) },
  { name: "key rotation that fails and goes back", given: [create], prepare: breakFunctions, ask: rotate, ends: "undone" },
  { name: "end of an overlap", given: [create, rotate], ask: (scene) => endKeyOverlap(scene.ctx(), { ref, kind: "secret" }) },
  { name: "legacy keys switched off", given: [create], ask: (scene) => switchLegacyKeys(scene.ctx(), { ref, isOff: true }) },
  { name: "legacy keys that cannot be switched off and stay on", given: [create], prepare: breakFunctions, ask: (scene) => switchLegacyKeys(scene.ctx(), { ref, isOff: true }), ends: "undone" },
  { name: "JWT secret rotation", given: [create], ask: (scene) => rotateJwtSecret(scene.ctx(), { ref, confirmName: ref, withSigningPair: true }) },
  { name: "JWT secret rotation that fails and goes back", given: [create], prepare: breakFunctions, ask: (scene) => rotateJwtSecret(scene.ctx(), { ref, confirmName: ref }), ends: "undone" },
  { name: "a user of Studio added", given: [createWithStudio], ask: addUser },
  { name: "a user of Studio added who is let in by nobody", given: [createWithStudio], prepare: (scene) => void scene.world.deadRoutes.push("studio-user"), ask: addUser, ends: "undone" },
  { name: "another password of a user of Studio", given: [createWithStudio, addUser], ask: (scene) => changeStudioUser(scene.ctx(), { ref, username: "ann", password: "another long password" }) },
  { name: "a user of Studio removed", given: [createWithStudio, addUser], ask: (scene) => removeStudioUser(scene.ctx(), { ref, username: "ann" }) },
  { name: "another password of the first user of Studio", given: [createWithStudio], ask: (scene) => renewFirstStudioUser(scene.ctx(), { ref }) },
  { name: "another password of the first user of Studio that nobody gets in with", given: [createWithStudio], prepare: (scene) => void scene.world.deadRoutes.push("studio-user"), ask: (scene) => renewFirstStudioUser(scene.ctx(), { ref }), ends: "undone" },
  { name: "networks before Studio", given: [createWithStudio], ask: limitStudio },
  { name: "networks before Studio that cannot be proven", given: [turnOn, createWithStudio], prepare: (scene) => void scene.world.deadRoutes.push("studio-"), ask: limitStudio, ends: "undone" },
  { name: "move behind the edge", given: [create, turnOn], ask: move },
  { name: "move behind the edge that fails and goes back", given: [create, turnOn], prepare: takeAddress, ask: move, ends: "undone" },
  { name: "creation behind the edge", given: [turnOn], ask: create },
  { name: "another address at the edge", given: [turnOn, create], ask: edit },
  { name: "the panel given a name at the edge", given: [create, turnOn], ask: namePanel },
  { name: "the panel given a name that cannot be served and goes back", given: [create, turnOn], prepare: takePublicPort, ask: namePanel, ends: "undone" },
  { name: "attaching a domain", given: [turnOn, create], ask: attach },
  { name: "attaching a domain whose rehearsal is refused", given: [turnOn, create], prepare: refuseCertificate("https://acme-staging-v02.api.letsencrypt.org/directory"), ask: attach, ends: "undone" },
  { name: "attaching a domain whose certificate is refused", given: [turnOn, create], prepare: refuseCertificate("https://acme-v02.api.letsencrypt.org/directory"), ask: attach, ends: "undone" },
  { name: "attaching a domain that is not proven and goes back", given: [turnOn, create], prepare: (scene) => void scene.world.deadRoutes.push("rest-root-none"), ask: attach, ends: "undone" },
  { name: "changing a domain that is open", given: [turnOn, create, attach], ask: (scene) => changeDomain(scene.ctx(), { ref, hostname, hstsSeconds: 86_400 }) },
  { name: "removing a domain", given: [turnOn, create, attach], ask: (scene) => removeDomain(scene.ctx(), { ref, hostname }) },
  { name: "removing a domain that cannot be proven and stays", given: [turnOn, create, attach], prepare: (scene) => void scene.world.deadRoutes.push("rest-root-none"), ask: (scene) => removeDomain(scene.ctx(), { ref, hostname }), ends: "undone" },
  { name: "move away from the edge", given: [turnOn, create, turnOff], ask: move },
];
