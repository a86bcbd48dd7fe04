import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Door, Severity } from "@/lib/access/doors-protocol";
import { buildDesiredStack } from "@/lib/stack/build-desired-stack";
import { sampleInput } from "@/lib/stack/sample-input.fixture";
import type { DoorContainer } from "./door-container";
import { judgeDoors } from "./judge-doors";
import { probeTargets, targetKey } from "./probe-targets";
import { reachOf } from "./reach";
import { wishedDoors, type WishedDoor } from "./wished-doors";

const host = ["192.168.1.5", "fd00::5"];
const order: readonly Severity[] = ["ok", "notice", "warn", "danger"];
const weight = ({ severity }: Door) => order.indexOf(severity);
const nothingTried = new Map<string, boolean>();

const services = ["db", "api-gw", "supavisor", "studio", "meta", "auth"] as const;
const addresses = ["127.0.0.1", "::1", "10.1.2.3", "192.168.1.5", "fd00::5", "100.64.0.1", "0.0.0.0", "::", "203.0.113.9"];
const arbPort = fc.record({ containerPort: fc.constantFrom(5432, 6543, 8000, 3000, 9901, 8001, 8444, 7777), hostIp: fc.constantFrom(...addresses), hostPort: fc.integer({ min: 1024, max: 1040 }), protocol: fc.constantFrom("tcp" as const, "udp" as const) });
const arbContainer: fc.Arbitrary<DoorContainer> = fc.record({
  name: fc.stringMatching(/^[a-z]{3,8}$/), service: fc.option(fc.constantFrom(...services)), isOwn: fc.boolean(), isOnHostNetwork: fc.constant(false), ports: fc.array(arbPort, { maxLength: 4 }), addresses: fc.constant(["10.213.0.5"]),
});
const arbWished: fc.Arbitrary<WishedDoor[]> = fc.array(fc.record({ service: fc.constantFrom(...services), containerPort: fc.constantFrom(5432, 6543, 8000), hostIp: fc.constantFrom(...addresses), hostPort: fc.integer({ min: 1024, max: 1040 }) }), { maxLength: 6 });
const arbFacts = fc.record({ containers: fc.array(arbContainer, { maxLength: 4 }), wished: fc.option(arbWished), hostAddresses: fc.constantFrom(host, []) }).chain((facts) =>
  fc.array(fc.option(fc.boolean()), { minLength: 60, maxLength: 60 }).map((given) => {
    const tried = probeTargets(facts.containers, facts.hostAddresses).flatMap((target, index) => { const answer = given[index % given.length]; return answer === null || answer === undefined ? [] : [[targetKey(target), answer] as const]; });
    return { ...facts, answers: new Map(tried) };
  }),
);

function container(service: string | null, port: Partial<DoorContainer["ports"][number]>, more: Partial<DoorContainer> = {}): DoorContainer {
  return { name: `bh-${service ?? "other"}`, service, isOwn: true, isOnHostNetwork: false, addresses: [], ports: [{ containerPort: 5432, hostIp: "127.0.0.1", hostPort: 5500, protocol: "tcp", ...port }], ...more };
}

function judgeOne(one: DoorContainer, wished: WishedDoor[] | null = [], answers: ReadonlyMap<string, boolean> = nothingTried): Door {
  const [door] = judgeDoors({ containers: [one], wished, hostAddresses: host, answers });
  if (door === undefined) throw new Error("No door was found.");
  return door;
}

describe("doors", () => {
  it("are named for every port that is held open on the host, each once, whoever holds it", () => {
    fc.assert(fc.property(arbFacts, (facts) => {
      const doors = judgeDoors({ ...facts, answers: nothingTried });
      const held = facts.containers.flatMap(({ name, ports }) => ports.map(({ hostIp, hostPort, containerPort, protocol }) => `${name} ${hostIp} ${hostPort} ${containerPort} ${protocol}`));
      expect(doors.map((door) => `${door.container} ${door.address} ${door.port} ${door.containerPort} ${door.protocol}`).sort()).toEqual(held.sort());
    }));
  });

  it("are as they should be only on loopback and asked for, and every other one names what closes it", () => {
    fc.assert(fc.property(arbFacts, (facts) => {
      for (const door of judgeDoors(facts)) {
        if (door.severity === "ok") expect([door.reach, door.isExpected, door.fix]).toEqual(["loopback", true, null]);
        else expect(door.fix, JSON.stringify(door)).not.toBeNull();
      }
    }));
  });

  it("weigh no less for a wider reach, and no less for not being asked for", () => {
    fc.assert(fc.property(fc.constantFrom(...services), fc.constantFrom(5432, 6543, 8000, 3000), fc.boolean(), (service, containerPort, isAsked) => {
      const at = (hostIp: string, asked: boolean) => judgeOne(container(service, { hostIp, containerPort }), asked ? [{ service, containerPort, hostIp, hostPort: 5500 }] : []);
      const [loopback, network, everyone] = [at("127.0.0.1", isAsked), at("10.0.0.4", isAsked), at("0.0.0.0", isAsked)];
      expect(weight(loopback)).toBeLessThanOrEqual(weight(network));
      expect(weight(network)).toBeLessThanOrEqual(weight(everyone));
      for (const hostIp of addresses) expect(weight(at(hostIp, true))).toBeLessThanOrEqual(weight(at(hostIp, false)));
    }));
  });

  it("that Docker opens to everyone say that ufw does not close them", () => {
    fc.assert(fc.property(arbFacts, (facts) => {
      for (const door of judgeDoors(facts)) expect(door.why.includes("past ufw"), JSON.stringify(door)).toBe(door.reach === "everyone");
    }));
  });

  it("come worst first, and the same whatever the order of containers and ports", () => {
    fc.assert(fc.property(arbFacts, (facts) => {
      const doors = judgeDoors(facts);
      expect(doors.map(weight)).toEqual(doors.map(weight).toSorted((a, b) => b - a));
      const turned = facts.containers.toReversed().map((one) => ({ ...one, ports: one.ports.toReversed() }));
      const texts = (some: Door[]) => some.map((door) => JSON.stringify(door)).sort();
      expect(texts(judgeDoors({ ...facts, containers: turned }))).toEqual(texts(doors));
    }));
  });

  it("that a stack of the settings publishes are all asked for, on every address and with the direct port open or closed and either gateway or both", () => {
    for (const bindAddress of ["127.0.0.1", "0.0.0.0", "10.0.0.4"]) {
      for (const [isDirectDatabasePortOpen, gateways, inner] of [[true, { serving: "envoy", isOtherBeside: false }, {}], [false, { serving: "kong", isOtherBeside: false }, { gatewayInner: 27100 }], [false, { serving: "kong", isOtherBeside: true }, { gatewayBeside: 27101 }]] as const) {
        const settings = { ...sampleInput.settings, bindAddress, isDirectDatabasePortOpen };
        const ports = { ...sampleInput.ports, ...inner, database: 5500 };
        const stack = buildDesiredStack({ ...sampleInput, settings, ports, gateways });
        const published = stack.services.flatMap(({ name, publishedPorts }) => publishedPorts.map((port) => ({ service: name, ...port })));
        expect(new Set(wishedDoors(settings, ports, gateways).map(({ role: _role, ...door }) => JSON.stringify(door, Object.keys(door).sort())))).toEqual(new Set(published.map((door) => JSON.stringify(door, Object.keys(door).sort()))));
      }
    }
  });

  it("of a gateway behind the edge, or beside the one that serves, say what they are: no setting asks for them", () => {
    const at = (role?: "inner" | "beside") => judgeOne(container("api-gw", { containerPort: 8000 }), [{ service: "api-gw", containerPort: 8000, hostIp: "127.0.0.1", hostPort: 5500, role }]);
    expect([at("inner"), at("beside"), at()].map(({ severity, isExpected, why }) => [severity, isExpected, why.split(/[:,.]/)[0]])).toEqual([
      ["ok", true, "The gateway's own port behind the edge"], ["ok", true, "The own port"], ["ok", true, "Asked for in the settings"],
    ]);
  });

  it("opened by hand are closed by reconciling; those of others only by a person on the machine", () => {
    expect(judgeOne(container("studio", { containerPort: 3000, hostIp: "0.0.0.0" }))).toMatchObject({ title: "Studio", severity: "danger", isExpected: false, fix: { kind: "reconcile" } });
    const foreign = judgeOne(container(null, { containerPort: 3000, hostIp: "0.0.0.0" }, { isOwn: false, name: "socat" }));
    expect(foreign).toMatchObject({ severity: "danger", fix: { kind: "by-hand", words: expect.stringContaining("docker stop socat") as string } });
    expect(judgeOne(container("db", {}), null).fix?.kind).toBe("by-hand");
  });

  it("asked for on every address are closed by the setting that opened them", () => {
    const db = { service: "db" as const, containerPort: 5432, hostIp: "0.0.0.0", hostPort: 5500 };
    expect(judgeOne(container("db", { hostIp: "0.0.0.0" }), [db])).toMatchObject({ isExpected: true, severity: "danger", fix: { kind: "edit-setting", setting: "isDirectDatabasePortOpen" } });
    const gateway = { ...db, service: "api-gw" as const, containerPort: 8000 };
    expect(judgeOne(container("api-gw", { hostIp: "0.0.0.0", containerPort: 8000 }), [gateway])).toMatchObject({ severity: "warn", fix: { kind: "edit-setting", setting: "bindAddress" } });
  });

  it("held on loopback that answer on the machine's own address are named a second time, unless Docker holds that one as well", () => {
    const local = container("api-gw", { containerPort: 8000, hostPort: 8100 });
    const answers = new Map([["192.168.1.5 8100", true], ["127.0.0.1 8100", true]]);
    const wished = [{ service: "api-gw" as const, containerPort: 8000, hostIp: "127.0.0.1", hostPort: 8100 }];
    const doors = judgeDoors({ containers: [local], wished, hostAddresses: host, answers });
    expect(doors.map(({ address, severity, answers: isTaken }) => [address, severity, isTaken])).toEqual([["192.168.1.5", "warn", true], ["127.0.0.1", "ok", true]]);
    const other = container("db", { hostIp: "192.168.1.5", hostPort: 8100 });
    expect(judgeDoors({ containers: [local, other], wished, hostAddresses: host, answers })).toHaveLength(2);
  });

  it("of a container on the host's own network are dangerous, whatever Docker says it publishes", () => {
    const doors = judgeDoors({ containers: [container("db", {}, { ports: [], isOnHostNetwork: true })], wished: [], hostAddresses: host, answers: new Map([["192.168.1.5 5432", true]]) });
    expect(doors).toMatchObject([{ address: "0.0.0.0", port: 5432, severity: "danger", answers: true, fix: { kind: "reconcile" } }]);
  });

  it("name a gateway's administration that answers on the project's network, and not one that keeps to its container", () => {
    const gateway = container("api-gw", {}, { ports: [], addresses: ["10.213.0.5"] });
    const judge = (answers: Map<string, boolean>) => judgeDoors({ containers: [gateway], wished: [], hostAddresses: host, answers });
    expect(judge(new Map([["10.213.0.5 9901", true], ["10.213.0.5 8001", false]]))).toMatchObject([{ title: "Envoy admin", port: 9901, severity: "danger" }]);
    expect(judge(new Map([["10.213.0.5 9901", false]]))).toEqual([]);
  });
});

describe("what is tried", () => {
  it("is each address and port once, and nothing where the engine is elsewhere", () => {
    fc.assert(fc.property(arbFacts, ({ containers }) => {
      const keys = probeTargets(containers, host).map(targetKey);
      expect(new Set(keys).size).toBe(keys.length);
      expect(probeTargets(containers, [])).toEqual([]);
    }));
  });

  it("is this machine's own address for a port open to all, and both for one on loopback", () => {
    expect(probeTargets([container("db", { hostIp: "0.0.0.0" })], host)).toEqual([{ address: "192.168.1.5", port: 5500 }]);
    expect(probeTargets([container("db", { hostIp: "::" })], host)).toEqual([{ address: "fd00::5", port: 5500 }]);
    expect(probeTargets([container("db", {})], host)).toEqual([{ address: "127.0.0.1", port: 5500 }, { address: "192.168.1.5", port: 5500 }]);
    expect(probeTargets([container("db", { hostIp: "10.0.0.4" })], host)).toEqual([{ address: "10.0.0.4", port: 5500 }]);
    expect(probeTargets([container("db", { protocol: "udp" })], host)).toEqual([]);
  });
});

describe("the reach of an address", () => {
  it.each([
    ["127.0.0.1", "loopback"], ["127.8.9.1", "loopback"], ["::1", "loopback"], ["::ffff:127.0.0.1", "loopback"], ["10.0.0.1", "network"], ["172.16.0.1", "network"], ["192.168.0.1", "network"], ["100.64.3.4", "network"],
    ["fd12::1", "network"], ["fe80::1%eth0", "network"], ["169.254.1.1", "network"], ["0.0.0.0", "everyone"], ["::", "everyone"], ["::ffff:0.0.0.0", "everyone"], ["8.8.8.8", "everyone"], ["2001:4860::1", "everyone"], ["", "everyone"], ["not an address", "everyone"],
  ] as const)("%s is %s", (address, reach) => expect(reachOf(address)).toBe(reach));
});
