import { afterEach, beforeEach, expect, it } from "vitest";
import type { Actor } from "@/lib/access/actor";
import { ForbiddenError } from "@/lib/access/errors";
import { maxKongTextBytes } from "@/lib/gateway/import-kong-limits";
import { upstreamKongYaml } from "@/lib/gateway/kong-upstream.fixture";
import { pathOf, sampleOwnRoute } from "@/lib/gateway/own-route.fixture";
import { defaultGatewaySettings } from "@/lib/gateway/route-model";
import { createProject } from "../create-project";
import { openScene, type Scene } from "../scene.fixture";
import { getGateway } from "./get-gateway";
import { previewKongImport } from "./import-kong-file";
import { importKongInput } from "./inputs";
import { saveGatewayDraft } from "./save-draft";

const ref = "shop";
let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
  await createProject(scene.ctx(), { displayName: "Shop", services: ["db", "api-gw", "auth", "rest", "functions"] });
});
afterEach(() => scene.close());

const ofRole = (role: "operator" | "viewer"): Actor => ({ kind: "user", userId: role, sessionId: "s", name: role, email: `${role}@example.com`, installationRole: role, projectRoles: {}, passwordProvedAt: scene.clock.now(), ip: null });
const preview = (text: string, actor?: Actor) => previewKongImport(scene.ctx(actor), { ref, text });
const hooks = upstreamKongYaml(["  - name: hooks", "    url: http://functions:9000/hooks", "    routes:", "      - name: hooks-all", "        paths: [/hooks]"]);

it("shows the routes of a file beside those of the draft, and keeps nothing until they are saved", async () => {
  const mine = { ...defaultGatewaySettings, ownRoutes: [sampleOwnRoute({ id: "own-mine", name: "Mine", match: pathOf("prefix", "/mine/") })] };
  const { version } = await saveGatewayDraft(scene.ctx(), { ref, settings: mine, version: null });
  const shown = await preview(hooks);
  expect(shown).toMatchObject({ version, notCarried: [], alreadyThere: [], changes: [{ kind: "added", routeId: "own-hooks-all" }], settings: { ownRoutes: [{ id: "own-mine" }, { id: "own-hooks-all" }] } });
  expect((await getGateway(scene.ctx(), { ref })).draft).toMatchObject({ version, settings: mine });
  await saveGatewayDraft(scene.ctx(), { ref, settings: shown.settings, version: shown.version });
  expect(await preview(hooks)).toMatchObject({ alreadyThere: ["own-hooks-all"], changes: [] });
});

it("names line and column of a text that cannot be read", async () => {
  await expect(preview("services:\n  - name: [")).rejects.toMatchObject({ fields: { text: expect.stringMatching(/^Line 2, column 12: This is no YAML/) as string } });
  await expect(preview("")).rejects.toMatchObject({ fields: { text: expect.stringContaining("Paste the whole kong.yml") as string } });
});

it("reads as much as the API says it does, and no more", async () => {
  const text = (length: number) => `${hooks}\n#`.padEnd(length, "x");
  expect(importKongInput.shape.text.maxLength).toBe(maxKongTextBytes);
  await expect(preview(text(maxKongTextBytes))).resolves.toMatchObject({ notCarried: [] });
  await expect(preview(text(maxKongTextBytes + 1))).rejects.toMatchObject({ fields: { text: expect.stringContaining("larger than 256 KiB") as string } });
});

it("says what would be dangerous, only once", async () => {
  const open = upstreamKongYaml(["  - name: todos", "    url: http://rest:3000/todos", "    routes:", "      - name: todos", "        paths: [/todos]"]);
  const { settings, version, warnings } = await preview(open);
  expect(warnings).toMatchObject([{ sentence: expect.stringContaining("without a key") as string }]);
  await saveGatewayDraft(scene.ctx(), { ref, settings, version });
  expect((await preview(open)).warnings).toEqual([]);
});

it("is for who may edit the routes", async () => {
  await expect(preview(hooks, ofRole("viewer"))).rejects.toBeInstanceOf(ForbiddenError);
  await expect(preview(hooks, ofRole("operator"))).resolves.toMatchObject({ notCarried: [] });
});
