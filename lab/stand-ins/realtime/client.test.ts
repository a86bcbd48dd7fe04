import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { Keyring } from "../serving/tokens";
import { tenantOfHost } from "./access";
import { Client } from "./client";
import { Topics } from "./topics";

const secret = "a-shared-secret-of-forty-characters-0001";
const sign = (claims: Record<string, unknown>, key = secret) => new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(key));
const nowS = Math.floor(Date.now() / 1000);
const goodToken = await sign({ role: "authenticated", exp: nowS + 3_600 });

type Frame = { topic: string; event: string; ref: string | null; payload: Record<string, unknown> & { status?: string; response?: Record<string, unknown> } };

function connect(topics: Topics, clock = { nowS }) {
  const frames: Frame[] = [];
  const client = new Client({
    version: "1.0.0",
    socketToken: goodToken,
    keyring: new Keyring({ secret, keys: [] }),
    topics,
    send: (frame) => frames.push(JSON.parse(frame as string) as Frame),
    nowS: () => clock.nowS,
  });
  const send = (event: string, payload: Record<string, unknown> = {}, topic = "realtime:room", ref = event) => client.receive(JSON.stringify({ topic, event, payload, ref, join_ref: "1" }));
  const join = (config: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => send("phx_join", { config: { broadcast: { self: false, ack: false }, ...config }, ...more });
  return { client, frames, send, join, of: (event: string) => frames.filter((frame) => frame.event === event) };
}

describe("a socket of the Realtime stand-in", () => {
  it("answers a heartbeat before any join", async () => {
    const one = connect(new Topics());
    await one.send("heartbeat", {}, "phoenix", "7");
    expect(one.frames).toEqual([{ topic: "phoenix", event: "phx_reply", ref: "7", join_ref: "1", payload: { status: "ok", response: {} } }]);
  });

  it("a broadcast reaches everybody else on its topic, the sender only by its own wish, and other topics never", async () => {
    const topics = new Topics();
    const [sender, receiver, elsewhere, echo] = [connect(topics), connect(topics), connect(topics), connect(topics)];
    await sender.join();
    await receiver.join();
    await elsewhere.send("phx_join", {}, "realtime:other");
    await echo.join({ broadcast: { self: true, ack: true } });
    await sender.send("broadcast", { type: "broadcast", event: "word", payload: { n: 1 } });
    await echo.send("broadcast", { type: "broadcast", event: "word", payload: { n: 2 } }, "realtime:room", "e");
    expect(sender.of("broadcast").map((frame) => frame.payload.payload)).toEqual([{ n: 2 }]);
    expect(receiver.of("broadcast").map((frame) => frame.payload.payload)).toEqual([{ n: 1 }, { n: 2 }]);
    expect(echo.of("broadcast").map((frame) => frame.payload.payload)).toEqual([{ n: 1 }, { n: 2 }]);
    expect(elsewhere.of("broadcast")).toEqual([]);
    expect(echo.of("phx_reply").at(-1)).toMatchObject({ ref: "e", payload: { status: "ok" } });
  });

  it("a socket that left or closed receives nothing more", async () => {
    const topics = new Topics();
    const [sender, left, closed] = [connect(topics), connect(topics), connect(topics)];
    for (const each of [sender, left, closed]) await each.join();
    await left.send("phx_leave");
    closed.client.close();
    await sender.send("broadcast", { event: "word" });
    expect([...left.of("broadcast"), ...closed.of("broadcast")]).toEqual([]);
    expect(left.of("phx_close")).toHaveLength(1);
  });

  it("a token of another secret opens no channel, and the reason is told", async () => {
    const one = connect(new Topics());
    await one.join({}, { access_token: await sign({ role: "service_role" }, "another-secret-of-forty-characters-00001") });
    expect(one.frames).toHaveLength(1);
    expect(one.frames[0]?.payload.status).toBe("error");
    expect(String(one.frames[0]?.payload.response?.reason)).toContain("JwtSignatureError");
  });

  it("an opaque key in a join falls back on the token that the socket was opened with", async () => {
    const one = connect(new Topics());
    await one.join({}, { access_token: "sb_publishable_AAAAAAAAAAAAAAAAAAAAAA_AAAAAAAA" });
    expect(one.of("phx_reply")[0]?.payload.status).toBe("ok");
  });

  it("what it does not have is refused at the join, not left unanswered", async () => {
    const one = connect(new Topics());
    await one.join({ postgres_changes: [{ event: "*", schema: "public" }] });
    await one.join({ private: true });
    expect(one.of("phx_reply").map((frame) => frame.payload.status)).toEqual(["error", "error"]);
  });

  it("a channel ends when its token does, and lives on with a newer one", async () => {
    const clock = { nowS };
    const topics = new Topics();
    const [one, two] = [connect(topics, clock), connect(topics, clock)];
    for (const each of [one, two]) await each.join({}, { access_token: await sign({ role: "authenticated", exp: nowS + 60 }) });
    await two.send("access_token", { access_token: await sign({ role: "authenticated", exp: nowS + 600 }) });
    clock.nowS = nowS + 61;
    one.client.dropExpired();
    two.client.dropExpired();
    expect([one.of("phx_close").length, two.of("phx_close").length]).toEqual([1, 0]);
  });

  it("presence shows who is there to those who come later, and who left", async () => {
    const topics = new Topics();
    const [early, late] = [connect(topics), connect(topics)];
    await early.join({ presence: { key: "ann" } });
    await early.send("presence", { type: "presence", event: "track", payload: { mood: "fine" } });
    await late.join({ presence: { key: "bob" } });
    expect(late.of("presence_state")[0]?.payload).toMatchObject({ ann: { metas: [{ mood: "fine" }] } });
    early.client.close();
    expect(late.of("presence_diff").at(-1)?.payload).toMatchObject({ joins: {}, leaves: { ann: { metas: [{ mood: "fine" }] } } });
  });
});

describe("the tenant", () => {
  it("is the first label of the Host header", () => {
    expect([tenantOfHost("realtime-dev.supabase-realtime:4000"), tenantOfHost("localhost:4000"), tenantOfHost(undefined)]).toEqual(["realtime-dev", "localhost", ""]);
  });
});
