import { expect, it } from "vitest";
import { filesMarkerPath, LABEL } from "../observed";
import { file, kindOf, prefix, type At } from "./engine-contract-stage.fixture";

export function describeObserving(at: At): void {
  it("shows every object that carries the installation's label, with its labels and networks, and the image ids asked for", async () => {
    const networkId = await at().network();
    await at().volume();
    const id = await at().running();
    const observed = await at().observe();
    expect(observed.containers).toMatchObject([{ id, name: `${prefix}-rest`, state: "running", exitCode: null, networks: [`${prefix}-default`], networkIds: [networkId], labels: at().labels({ [LABEL.service]: "rest" }) }]);
    expect(observed.networks).toEqual([{ id: networkId, name: `${prefix}-default`, subnet: at().subnet, labels: at().labels({ [LABEL.network]: "default" }) }]);
    expect(observed.volumes).toEqual([{ name: `${prefix}-data`, labels: at().labels({ [LABEL.volume]: "data" }) }]);
    expect(Object.keys(observed.images)).toEqual([at().setup.imageRef]);
    expect(observed.containers[0]?.imageId).toBe(observed.images[at().setup.imageRef]);
  });

  it("shows another project only to who asks for all, and another installation to nobody", async () => {
    await at().network();
    await at().create();
    const { engine, setup } = at();
    expect((await engine.observe({ instanceId: setup.instanceId, projectId: "contract0002", imageRefs: [] })).containers).toEqual([]);
    expect((await engine.observe({ instanceId: setup.instanceId, imageRefs: [] })).containers).toHaveLength(1);
    expect((await engine.observe({ instanceId: `${setup.instanceId}-other`, imageRefs: [] })).containers).toEqual([]);
  });

  it("reads the marker of reloadable files when one project is observed", async () => {
    await at().network();
    const { engine } = at();
    const id = await engine.createContainer(at().spec(at().setup.service({}), undefined, { [LABEL.filesHash]: "v1:first" }));
    expect((await at().observe()).containers[0]?.appliedFilesHash).toBeNull();
    await engine.uploadFiles(id, [file(filesMarkerPath, "v1:second")], { replaceByMove: false });
    expect((await at().observe()).containers[0]?.appliedFilesHash).toBe("v1:second");
  });

  it("says what an image is, and null for one that is not there", async () => {
    expect(await at().engine.inspectImage(at().setup.imageRef)).toMatchObject({ id: expect.stringMatching(/^sha256:/) as string });
    expect(await at().engine.inspectImage("nobody/has-this:v1")).toBeNull();
  });

  it("says what engine it is", async () => {
    expect(await at().engine.info()).toMatchObject({ apiVersion: expect.stringMatching(/^1\.\d+$/) as string, cpus: expect.any(Number) as number });
  });
}

export function describeNames(at: At): void {
  it("refuses a second container, network or rename under a name that is taken", async () => {
    await at().network();
    await at().create();
    const other = await at().create(at().setup.service({}), `${prefix}-other`);
    expect(await kindOf(at().create())).toBe("conflict");
    expect(await kindOf(at().engine.renameContainer(other, `${prefix}-rest`))).toBe("conflict");
    expect(await kindOf(at().engine.createNetwork({ name: `${prefix}-default`, subnet: at().setup.freeSubnet(), labels: at().labels() }))).toBe("conflict");
  });

  it("refuses a subnet that another network has", async () => {
    await at().network();
    expect(await kindOf(at().engine.createNetwork({ name: `${prefix}-second`, subnet: at().subnet, labels: at().labels() }))).toBe("subnet-overlap");
  });

  it("makes a volume once however often it is asked, and refuses one of that name that is not Basehold's", async () => {
    await at().volume();
    await at().volume();
    expect((await at().observe()).volumes).toHaveLength(1);
    await at().setup.makeForeignVolume(`${prefix}-foreign`);
    expect(await kindOf(at().volume("foreign"))).toBe("conflict");
  });

  it("renames a container", async () => {
    await at().network();
    const id = await at().running();
    await at().engine.renameContainer(id, `${prefix}-renamed`);
    expect((await at().observe()).containers[0]).toMatchObject({ id, name: `${prefix}-renamed`, state: "running" });
  });

  it("says that an image is missing", async () => {
    await at().network();
    expect(await kindOf(at().engine.createContainer({ ...at().spec(at().setup.service({})), imageRef: "nobody/has-this:v1" }))).toBe("image-missing");
  });
}
