import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { NameTrust } from "@/lib/gateway/name-probe";
import { askByName } from "./ask-by-name";

const never = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), "basehold-name-"));
let server: ReturnType<typeof createServer>;
let port = 0;
let root = "";

beforeAll(async () => {
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=panel", "-addext", "subjectAltName=DNS:panel.test", "-keyout", join(folder, "key"), "-out", join(folder, "pem")], { stdio: "ignore" });
  root = readFileSync(join(folder, "pem"), "utf8");
  server = createServer({ cert: root, key: readFileSync(join(folder, "key")) }, (request, response) => response.end(`${request.headers.host ?? ""} ${request.url ?? ""}`));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (hostname: string, trust: NameTrust, at = port) => askByName({ hostname, path: "/api/health/ready", address: { host: "127.0.0.1", port: at }, trust }, never);

test("a name is asked at the address that is given, whatever DNS says, and its certificate must be by whom it should", async () => {
  expect(await ask("panel.test", { kind: "root", pem: root })).toEqual({ status: 200, body: "panel.test /api/health/ready", error: null });
  expect(await ask("panel.test", { kind: "system" })).toMatchObject({ status: null, error: "the certificate is by no authority that this machine trusts" });
  expect(await ask("other.test", { kind: "root", pem: root })).toMatchObject({ status: null, error: "the certificate is for another name" });
});

test("where the authority is not known, name and dates have to fit", async () => {
  expect(await ask("panel.test", { kind: "names-only" })).toMatchObject({ status: 200 });
  expect(await ask("other.test", { kind: "names-only" })).toMatchObject({ status: null, error: "the certificate is for another name" });
});

test("nobody there, and an answer without TLS, are told in words", async () => {
  expect(await ask("panel.test", { kind: "no-tls" }, 1)).toMatchObject({ status: null, error: "connection refused" });
  expect((await ask("panel.test", { kind: "no-tls" })).error ?? "400").toMatch(/connection closed|400|not an HTTP answer/);
});
