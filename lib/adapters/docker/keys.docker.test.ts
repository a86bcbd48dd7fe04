import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import WebSocket from "ws";
import { LABEL } from "@/lib/engine/observed";
import { jwtSql } from "@/lib/stack/files/database-sql";
import { setDatabaseSecretArgv } from "@/lib/projects/keys/database-secret";
import { renewJwtSecret } from "@/lib/stack/keys";
import { Secret } from "@/lib/stack/secret-value";
import { defaultKeySettings, type ProjectSecrets } from "@/lib/stack/settings";
import { isLabUp, newProject, type TestProject } from "./full-stack.fixture";
import { removeAll, testDocker } from "./testing.fixture";

const instanceId = "basehold-test-keys";
const docker = testDocker();
const slow = 240_000;

describe("keys of a project on a real engine", () => {
  let project: TestProject;
  let old: string;
  const renewed = "sb_publishable_AAAAAAAAAAAAAAAAAAAAAA_BBBBBBBB";
  const build = (secrets: Partial<ProjectSecrets> = {}, legacy: "on" | "off" = "on") =>
    project.desired({ settings: { ...project.input.settings, services: ["db", "api-gw", "auth", "rest", "realtime", "storage", "functions"], keys: { ...defaultKeySettings, legacy } }, secrets: { ...project.input.secrets, ...secrets } });

  beforeAll(async () => {
    if (!(await isLabUp())) throw new Error("These tests need the lab's registry: npm run lab.");
    await removeAll(docker, instanceId);
    project = await newProject(instanceId, "10.248.1.0/26");
    old = project.input.secrets.publishableKey.reveal();
    await project.apply(build());
    // The gateway finds each service on its own: that one answers says nothing about another.
    const serves = async () => {
      expect(await Promise.all([statusOf(old), ask("/rest/v1/no_such_table", { apikey: old }), ask("/storage/v1/status", { apikey: old })])).toEqual([200, 404, 200]);
      (await openSocket(socketUrl())).close();
    };
    await vi.waitFor(serves, { timeout: 60_000, interval: 250 });
  }, slow);
  afterAll(() => removeAll(docker, instanceId), slow);

  const ask = async (path: string, headers: Record<string, string>) => (await fetch(`${project.input.settings.publicUrl}${path}`, { headers }).catch(() => null))?.status ?? null;
  const socketUrl = () => `${project.input.settings.publicUrl.replace("http", "ws")}/realtime/v1/websocket?vsn=1.0.0&apikey=${old}`;
  const statusOf = (key: string) => ask("/auth/v1/settings", { apikey: key });

  it("overlap, the old one ends alone, and neither costs a request or an open Realtime socket", async () => {
    const socket = await openSocket(socketUrl());
    const both = { publishableKey: new Secret(renewed), publishableKeyPrevious: new Secret(old) };
    const duringRotation = watch(() => statusOf(old));
    await project.apply(build(both));
    await expect.poll(() => statusOf(renewed), { timeout: 10_000 }).toBe(200);
    expect(await duringRotation.stop()).toEqual([200]);
    const duringEnd = watch(() => statusOf(renewed));
    await project.apply(build({ publishableKey: new Secret(renewed) }));
    await expect.poll(() => statusOf(old), { timeout: 10_000 }).toBe(401);
    expect(await duringEnd.stop()).toEqual([200]);
    expect(await socket.answersHeartbeat()).toBe(true);
    socket.close();
  }, slow);

  it("of the legacy kind, switched off, are refused where services alone would take them", async () => {
    const { anonKey, serviceRoleKey } = project.input.secrets;
    const service = serviceRoleKey.reveal();
    const bearer = { authorization: `Bearer ${service}` };
    await project.apply(build());
    await expect.poll(() => ask("/storage/v1/bucket", bearer), { timeout: 10_000 }).toBe(200);
    await project.apply(build({}, "off"));
    await expect.poll(() => ask("/storage/v1/bucket", bearer), { timeout: 10_000 }).toBe(401);
    expect(await Promise.all([ask("/rest/v1/", { apikey: service }), ask("/functions/v1/hello", bearer), statusOf(anonKey.reveal()), statusOf(old)])).toEqual([401, 401, 401, 200]);
  }, slow);

  it("of the legacy kind end with the JWT secret, which the database takes from its container; the others stay", async () => {
    const renewedSecrets = await renewJwtSecret({ randomBytes: (length) => new Uint8Array(randomBytes(length)), nowSeconds: Math.floor(Date.now() / 1000), uuid: randomUUID }, project.input.secrets);
    await project.apply(build(renewedSecrets));
    const statuses = () => Promise.all([project.input.secrets.anonKey, renewedSecrets.anonKey, project.input.secrets.publishableKey].map((key) => ask("/rest/v1/no_such_table", { apikey: key.reveal() })));
    await expect.poll(statuses, { timeout: 30_000 }).toEqual([401, 404, 404]);
    const jwtSecret = renewedSecrets.jwtSecret.reveal();
    const { containers } = await project.observe(null);
    const id = containers.find(({ labels, state }) => labels[LABEL.service] === "db" && state === "running")?.id ?? "";
    expect(await project.engine.exec(id, [...setDatabaseSecretArgv], { stdin: jwtSql, timeoutMs: 30_000 })).toMatchObject({ exitCode: 0, stderr: "" });
    const { stdout } = await project.engine.exec(id, ["psql", "-U", "postgres", "-h", "localhost", "-d", "postgres", "-Atc", "SELECT current_setting('app.settings.jwt_secret')"], { timeoutMs: 30_000 });
    expect(stdout.trim()).toBe(jwtSecret);
  }, slow);
});

/** Asks all the time until it is stopped, and gives every answer that came. */
function watch(ask: () => Promise<number | null>) {
  const seen = new Set<number | null>();
  let isOn = true;
  const ended = (async () => {
    while (isOn) seen.add(await ask());
  })();
  return {
    stop: async () => {
      isOn = false;
      await ended;
      return [...seen];
    },
  };
}

async function openSocket(url: string) {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = ({ message }) => reject(new Error(`The socket was not opened: ${message}`));
  });
  return {
    close: () => socket.close(),
    answersHeartbeat: () =>
      new Promise<boolean>((resolve) => {
        socket.onmessage = (message) => resolve(String(message.data).includes("phx_reply"));
        socket.onclose = () => resolve(false);
        socket.send(JSON.stringify({ topic: "phoenix", event: "heartbeat", payload: {}, ref: "1" }));
      }),
  };
}
