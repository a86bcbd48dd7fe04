import { expect } from "vitest";
import type { Actor } from "@/lib/access/actor";
import { listenersOf } from "@/lib/gateway/edge-version";
import { createProject } from "../create-project";
import { turnEdgeOn } from "../edge/turn-edge";
import type { Scene } from "../scene.fixture";
import { addDomain } from "./add-domain";
import { attachDomain, removeDomain } from "./attach-domain";
import type { AddDomainInput } from "./inputs";
import { listDomains } from "./list-domains";

export const ref = "shop";
export const hostname = "api.example.com";
export const panel = { panelUrl: "https://panel.example.com" };
export const never = new AbortController().signal;

/** What the tests of domains do in their scene, and how they see what came of it: acts and looks at the domains of the project `shop`. */
export function actsOf(scene: () => Scene) {
  const ended = async (asked: Promise<{ operationId: string | null }>) => scene().ended((await asked).operationId ?? "");
  const create = (name: string) => ended(createProject(scene().ctx(), { displayName: name, ref: name, services: ["db", "api-gw", "auth", "rest"] }));
  const add = (input: Partial<AddDomainInput> = {}, actor?: Actor) => addDomain(scene().ctx(actor), { ref, hostname, ...input }, panel);
  const attach = (name = hostname, isMain?: boolean) => ended(attachDomain(scene().ctx(), { ref, hostname: name, isMain }));
  const remove = (name = hostname) => removeDomain(scene().ctx(), { ref, hostname: name });
  const domain = async (name = hostname) => (await listDomains(scene().ctx(), { ref })).domains.find((each) => each.hostname === name);
  const publicUrl = async () => (await listDomains(scene().ctx(), { ref })).publicUrl;
  const reasonOf = (operation: { errorJson: string | null }) => (JSON.parse(operation.errorJson ?? "{}") as { sentence?: string }).sentence ?? "";
  const served = () => listenersOf(scene().edgeWorld.document).filter((address) => address.startsWith(":"));
  const authUrl = () => scene().world.containers.find(({ labels }) => labels["io.basehold.service"] === "auth")?.environment["API_EXTERNAL_URL"];

  /** The edge turned on, and a project to give names to. */
  async function setUp(): Promise<void> {
    // Certificates made now are valid then.
    scene().clock.advance(Date.now() + 3_600_000 - scene().clock.now().getTime());
    scene().startWorker();
    expect((await ended(turnEdgeOn(scene().ctx()))).status).toBe("done");
    expect((await create(ref)).status).toBe("done");
  }

  return { setUp, ended, create, add, attach, remove, domain, publicUrl, reasonOf, served, authUrl };
}
