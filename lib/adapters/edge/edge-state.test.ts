import { describe, expect, test } from "vitest";
import { lastProblem, readIssuance, refusalOf } from "./edge-log";
import { findTaken, isSocketServed, parseSaved } from "./edge-state";

const tcp = [
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
  "   0: 0100007F:1F41 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1",
  "   1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1",
  "   2: 0100007F:1F42 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 3 1",
  "   3: 0A01A8C0:1F43 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4 1",
  "   0: 00000000000000000000000000000000:01BB 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 5 1",
].join("\n");

describe("what the kernel says", () => {
  test("a listener is taken when one of the same or of every address is there", () => {
    const addresses = ["127.0.0.1:8001", "0.0.0.0:8001", "192.168.1.10:8001", ":80", "127.0.0.1:80", "127.0.0.1:8002", "127.0.0.1:8003", "192.168.1.10:8003", ":443", "10.0.0.1:443", ":8004"];
    expect(findTaken(addresses, tcp)).toEqual(["127.0.0.1:8001", "0.0.0.0:8001", ":80", "127.0.0.1:80", "192.168.1.10:8003", ":443", "10.0.0.1:443"]);
  });

  test("an admin socket is served when a process listens on it, not when only its file is there", () => {
    const unix = "Num       RefCount Protocol Flags    Type St Inode Path\n0000: 00000002 00000000 00010000 0001 01 123 /run/bh-a-edge.sock\n0000: 00000003 00000000 00000000 0001 03 124 /run/bh-b-edge.sock\n";
    expect([isSocketServed(unix, "/run/bh-a-edge.sock"), isSocketServed(unix, "/run/bh-b-edge.sock"), isSocketServed(unix, "/run/bh-a-edge")]).toEqual([true, false, false]);
  });
});

describe("what the edge saved", () => {
  const autosave = "/config/caddy/autosave.json";
  const pointers = "/g/aaaaaaaaaaaa:127.0.0.1:9001\n/g/aaaaaaaaaaaa.new:127.0.0.1:9009\n/g/bbbbbbbbbbbb:127.0.0.1:9002\n";

  test("only gateways that the document names are in force, whole addresses and all", () => {
    const { files, inForce } = parseSaved(`${autosave}:{"dial":"{file./g/aaaaaaaaaaaa}"}\n${pointers}`, autosave);
    expect(inForce).toMatchObject({ document: { dial: "{file./g/aaaaaaaaaaaa}" }, liveFiles: { "/g/aaaaaaaaaaaa": "127.0.0.1:9001" } });
    expect(Object.keys(inForce?.liveFiles ?? {})).toHaveLength(1);
    expect(files.get("/g/bbbbbbbbbbbb")).toBe("127.0.0.1:9002");
  });

  test("a document that is missing or was cut short is none", () => {
    expect(parseSaved(pointers, autosave).inForce).toBeNull();
    expect(parseSaved(`${autosave}:{"apps":{"ht\n${pointers}`, autosave).inForce).toBeNull();
  });
});

const line = (fields: object) => ({ atMs: 0, stream: "stderr" as const, text: JSON.stringify({ ts: 5, ...fields }) });

describe("what Caddy says", () => {
  test("a port that is taken is told apart from a document that is wrong", () => {
    expect(refusalOf('Error: sending configuration to instance: caddy responded with error: HTTP 400: {"error":"loading new config: http app module: start: listening on 127.0.0.1:80: listen tcp 127.0.0.1:80: bind: address already in use"}')).toMatchObject({ kind: "port-taken", addresses: ["127.0.0.1:80"] });
    expect(refusalOf('Error: sending configuration to instance: caddy responded with error: HTTP 400: {"error":"unknown module: x"}')).toMatchObject({ kind: "refused", detail: '{"error":"unknown module: x"}' });
    expect(refusalOf("Error: sending configuration to instance: performing request: Post: dial unix /run/x.sock: connect: connection refused")).toMatchObject({ kind: "not-running" });
  });

  test("the last error counts, and a line that is no log line is passed over", () => {
    expect(lastProblem([line({ level: "error", msg: "first" }), line({ level: "error", msg: "m", error: "second" }), line({ level: "info", msg: "later" }), { atMs: 0, stream: "stdout", text: "{broken" }])).toBe("second");
    expect(lastProblem([line({ level: "error", msg: "first" }), { atMs: 0, stream: "stderr", text: "Error: loading initial config: no" }])).toBe("loading initial config: no");
    expect(lastProblem([])).toBeNull();
  });

  test("a certificate is told by the last lines about its own name", () => {
    const tls = (identifier: string, level: string, msg: string, error?: string) => line({ logger: "tls.obtain", identifier, level, msg, ...(error === undefined ? {} : { error }) });
    const lines = [tls("a.test", "info", "obtaining certificate"), tls("a.test", "error", "could not get certificate from issuer", "HTTP 429"), tls("b.test", "info", "obtaining certificate"), tls("b.test", "info", "certificate obtained successfully"), tls("b.test", "info", "releasing lock")];
    expect(readIssuance(lines, "a.test")).toEqual({ state: "failed", detail: "HTTP 429", atMs: 5000 });
    expect(readIssuance([...lines, tls("a.test", "info", "obtaining certificate")], "a.test").state).toBe("trying");
    expect(readIssuance(lines, "b.test").state).toBe("obtained");
    expect(readIssuance(lines, "c.test").state).toBe("unknown");
  });

  test("a challenge that failed ends no attempt, and its words are kept when the attempt ends; a cancelled attempt says nothing", () => {
    const begun = line({ logger: "tls.obtain", identifier: "a.test", level: "info", msg: "obtaining certificate" });
    const challenge = line({ logger: "tls.issuance.acme.acme_client", identifier: "a.test", level: "error", msg: "challenge failed", problem: { detail: "Connection refused" } });
    const ended = line({ logger: "tls.obtain", identifier: "a.test", level: "error", msg: "could not get certificate from issuer", error: "HTTP 400 urn:ietf:params:acme:error:connection" });
    const cancelled = line({ logger: "tls.obtain", identifier: "a.test", level: "error", msg: "could not get certificate from issuer", error: "context canceled" });
    expect(readIssuance([begun, challenge], "a.test")).toMatchObject({ state: "trying", detail: "Connection refused" });
    expect(readIssuance([begun, challenge, ended], "a.test")).toMatchObject({ state: "failed", detail: "Connection refused" });
    expect(readIssuance([begun, cancelled, begun], "a.test")).toMatchObject({ state: "trying", detail: null });
  });
});
