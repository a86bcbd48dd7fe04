import { describe, expect, it } from "vitest";
import { edgeTargets, installationDoors, projectEdgeDoors, type EdgeFacts } from "./edge-doors";

const facts = (parts: Partial<EdgeFacts> = {}): EdgeFacts => ({ container: "bh-k3v9x2-edge", listeners: [], namePorts: [80, 443], panel: null, hostAddresses: ["192.168.1.5", "fd00::5"], answers: new Map(), ...parts });
const wish = { address: "127.0.0.1", port: 8000, hostnames: [] };

describe("what the edge holds for a project", () => {
  it.each([
    ["127.0.0.1", "127.0.0.1:8000", "loopback", "ok", undefined],
    ["10.0.0.4", "10.0.0.4:8000", "network", "notice", "edit-setting"],
    ["0.0.0.0", "0.0.0.0:8000", "everyone", "warn", "edit-setting"],
    ["::1", "[::1]:8000", "loopback", "ok", undefined],
  ] as const)("is its own address %s, as wide as the settings ask", (address, listener, reach, severity, fix) => {
    const doors = projectEdgeDoors({ ...wish, address }, facts({ listeners: [listener, "127.0.0.1:8001", ":80"] }));
    expect(doors.map((door) => [door.address, door.port, door.reach, door.severity, door.isExpected, door.fix?.kind])).toEqual([[address, 8000, reach, severity, true, fix]]);
  });

  it("is nothing while it does not listen there, and the ports of names where the project has one", () => {
    expect(projectEdgeDoors(wish, facts({ listeners: [":80"] }))).toEqual([]);
    const doors = projectEdgeDoors({ ...wish, hostnames: ["api.example.com"] }, facts({ listeners: [":443", ":80"] }));
    expect(doors.map(({ title, reach, severity, fix }) => [title, reach, severity, fix])).toEqual([["Domains, HTTPS", "everyone", "ok", null], ["Domains, HTTP", "everyone", "ok", null]]);
    expect(doors[0]?.why).toContain("api.example.com");
  });
});

describe("what listens for the installation", () => {
  it("is the ports of names and whatever the edge holds for nobody; a project's own address is named with the project", () => {
    const doors = installationDoors([{ ...wish, hostnames: ["api.example.com"] }], facts({ listeners: ["127.0.0.1:8000", ":443", "0.0.0.0:9000"] }));
    expect(doors.map(({ port, severity, isExpected, fix }) => [port, severity, isExpected, fix?.kind])).toEqual([[443, "ok", true, undefined], [9000, "danger", false, "by-hand"]]);
  });

  it("is the panel, and that it is open to others where a connection from outside of loopback is taken", () => {
    const answers = (isTaken: boolean) => new Map([["127.0.0.1 3000", true], ["192.168.1.5 3000", isTaken]]);
    expect(installationDoors([], facts({ panel: "127.0.0.1:3000", answers: answers(false) }))).toMatchObject([{ title: "The panel", address: "127.0.0.1", answers: true, severity: "ok", fix: null }]);
    expect(installationDoors([], facts({ panel: "127.0.0.1:3000", answers: answers(true) }))).toMatchObject([{ address: "192.168.1.5", reach: "network", severity: "warn", fix: { kind: "by-hand" } }, { address: "127.0.0.1" }]);
    expect(installationDoors([], facts({ panel: "10.0.0.4:3000" }))).toMatchObject([{ address: "10.0.0.4", severity: "notice", fix: { kind: "by-hand" } }]);
  });
});

it("each listener is tried once where Docker's own would be, and nothing where the engine is elsewhere", () => {
  const asked = { listeners: [":80", "127.0.0.1:8000", "[::1]:8000", "unix//run/x.sock", "10.0.0.4:8000"], panel: "127.0.0.1:8000", hostAddresses: ["192.168.1.5", "fd00::5"] };
  expect(edgeTargets(asked).map(({ address, port }) => `${address} ${port}`)).toEqual(["192.168.1.5 80", "127.0.0.1 8000", "192.168.1.5 8000", "::1 8000", "fd00::5 8000", "10.0.0.4 8000"]);
  expect(edgeTargets({ ...asked, hostAddresses: [] })).toEqual([]);
});
