import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createProject } from "./create-project";
import { edgeSettingKey } from "./edge/edge-setting";
import { editProject } from "./edit-project";
import { writeSetting } from "./installation";
import { openScene, type Scene } from "./scene.fixture";

/** The edge listens on every address of the host: its public ports are nobody else's while it is on. */
let scene: Scene;
beforeEach(async () => void (scene = await openScene()));
afterEach(() => scene.close());

const turn = (isOn: boolean, httpsPort = 8443) => writeSetting(scene.store.db, edgeSettingKey, { isOn, acme: null, httpsPort }, scene.clock.now());
const create = (ref: string, gatewayPort?: number) => createProject(scene.ctx(), { displayName: ref, ref, ...(gatewayPort === undefined ? {} : { gatewayPort }) });
const gatewayPortOf = async (ref: string) => (await scene.store.db.portAllocation.findFirstOrThrow({ where: { purpose: "gateway", project: { ref } } })).port;
const put = (ref: string) => scene.store.db.project.update({ where: { ref }, data: { state: "ready" } });

describe("the edge's public ports", () => {
  it("are refused to a new project by name of the field, and can be chosen while the edge is off", async () => {
    await turn(true);
    await expect(create("shop", 8443)).rejects.toMatchObject({ code: "port-taken", message: "Port 8443 belongs to the edge." });
    await turn(false);
    await create("shop", 8443);
    expect(await gatewayPortOf("shop")).toBe(8443);
  });

  it("are passed over where the panel chooses", async () => {
    await turn(true, 8100);
    await create("shop");
    expect(await gatewayPortOf("shop")).toBe(8101);
  });

  it("are refused when a project is edited, whose own ports stay as they are", async () => {
    await create("shop");
    await scene.store.db.operation.deleteMany();
    await put("shop");
    await turn(true);
    await expect(editProject(scene.ctx(), { ref: "shop", poolerSessionPort: 8443 })).rejects.toMatchObject({ fields: { poolerSessionPort: "Port 8443 belongs to the edge." } });
    await turn(true, 8100);
    await editProject(scene.ctx(), { ref: "shop", poolerSessionPort: 15999 });
    expect(await gatewayPortOf("shop")).toBe(8100);
  });
});
