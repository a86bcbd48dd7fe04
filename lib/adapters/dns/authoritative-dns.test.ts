import { describe, expect, test } from "vitest";
import { AuthoritativeDns } from "./authoritative-dns";
import { startNameServer, type Zone } from "./name-server.fixture";

const never = new AbortController().signal;
/** What this machine's resolver says, which still holds an old address of the name. */
const stale: Zone = { "example.com": { NS: ["ns1.example.net"] }, "ns1.example.net": { A: ["127.0.0.1"] }, "api.example.com": { A: ["198.51.100.1"] }, "other.org": { NS: ["ns1.example.net"] }, com: { NS: ["ns1.example.net"] }, org: { NS: ["ns1.example.net"] } };

async function open(zone: Zone, own: Parameters<typeof startNameServer>[1] = {}) {
  const [resolver, authoritative] = [await startNameServer(stale), await startNameServer(zone, own)];
  const dns = new AuthoritativeDns({ resolver: [`127.0.0.1:${String(resolver.port)}`], port: authoritative.port, isPermitted: () => true });
  return { dns, resolver, authoritative };
}

describe("addresses of a name", () => {
  test("are those of its zone's own servers, not what a cache still holds", async () => {
    const { dns } = await open({ "api.example.com": { A: ["93.184.216.34"], AAAA: ["2606:2800:220::1"] } });
    expect(await dns.lookUp("api.example.com", never)).toEqual({
      found: [{ type: "A", name: "api.example.com", value: "93.184.216.34" }, { type: "AAAA", name: "api.example.com", value: "2606:2800:220::1" }],
      addresses: ["93.184.216.34", "2606:2800:220::1"], nameServers: ["ns1.example.net"], problem: null,
    });
  });

  test("are followed through aliases into other zones", async () => {
    const { dns } = await open({ "api.example.com": { CNAME: "edge.other.org" }, "edge.other.org": { A: ["93.184.216.34"] } });
    expect((await dns.lookUp("api.example.com", never)).found.map(({ type, value }) => `${type} ${value}`)).toEqual(["CNAME edge.other.org", "A 93.184.216.34"]);
  });

  test("an alias that leads round in a circle ends", async () => {
    const { dns } = await open({ "api.example.com": { CNAME: "b.example.com" }, "b.example.com": { CNAME: "api.example.com" } });
    expect((await dns.lookUp("api.example.com", never)).addresses).toEqual([]);
  });

  test("none is no problem; servers that fail are one", async () => {
    const { dns } = await open({});
    expect(await dns.lookUp("api.example.com", never)).toMatchObject({ found: [], problem: null });
    const failing = await open({}, { rcode: 2 });
    expect(await failing.dns.lookUp("api.example.com", never)).toMatchObject({ addresses: [], problem: expect.stringContaining("SERVFAIL") });
  });

  test("servers at addresses that may not be asked are passed over, and this machine's resolver answers", async () => {
    const { resolver, authoritative } = await open({ "api.example.com": { A: ["93.184.216.34"] } });
    const dns = new AuthoritativeDns({ resolver: [`127.0.0.1:${String(resolver.port)}`], port: authoritative.port });
    expect(await dns.lookUp("api.example.com", never)).toMatchObject({ addresses: ["198.51.100.1"], nameServers: [] });
    expect(authoritative.asked).toEqual([]);
  });

  test("fixed servers are asked for everything, and nobody else is", async () => {
    const { resolver, authoritative } = await open({ "api.example.com": { A: ["93.184.216.34"] } });
    const dns = new AuthoritativeDns({ servers: [`127.0.0.1:${String(authoritative.port)}`], resolver: [`127.0.0.1:${String(resolver.port)}`] });
    expect([(await dns.lookUp("api.example.com", never)).addresses, resolver.asked]).toEqual([["93.184.216.34"], []]);
  });

  test("an aborted look ends with the reason", async () => {
    const { dns } = await open({}, { isSilent: true });
    const stop = new AbortController();
    const looked = dns.lookUp("api.example.com", stop.signal);
    stop.abort(new Error("enough"));
    await expect(looked).rejects.toThrow("enough");
  });
});

describe("CAA", () => {
  test("of the name itself count before those of a parent, and a parent's where it has none", async () => {
    const { dns } = await open({ "api.example.com": { A: ["93.184.216.34"] }, "example.com": { CAA: [{ flags: 128, tag: "issue", value: "letsencrypt.org" }] } });
    expect(await dns.readCaa("api.example.com", never)).toEqual({ at: "example.com", records: [{ isCritical: true, tag: "issue", value: "letsencrypt.org" }], problem: null });
    const own = await open({ "api.example.com": { CAA: [{ tag: "issuewild", value: ";" }] }, "example.com": { CAA: [{ tag: "issue", value: "letsencrypt.org" }] } });
    expect(await own.dns.readCaa("api.example.com", never)).toEqual({ at: "api.example.com", records: [{ isCritical: false, tag: "issuewild", value: ";" }], problem: null });
  });

  test("of what an alias leads to count for the name", async () => {
    const { dns } = await open({ "api.example.com": { CNAME: "edge.other.org" }, "edge.other.org": { CAA: [{ tag: "issue", value: "ca.example" }] } });
    expect((await dns.readCaa("api.example.com", never)).records).toEqual([{ isCritical: false, tag: "issue", value: "ca.example" }]);
  });

  test("none anywhere limits nobody; servers that fail are told, for an authority refuses then", async () => {
    const { dns } = await open({ "api.example.com": {}, "example.com": {}, com: {} });
    expect(await dns.readCaa("api.example.com", never)).toEqual({ at: null, records: [], problem: null });
    const failing = await open({}, { rcode: 2 });
    expect((await failing.dns.readCaa("api.example.com", never)).problem).toContain("SERVFAIL");
  });
});
