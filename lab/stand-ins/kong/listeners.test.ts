import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { makePair } from "@/lib/projects/domains/certificates.fixture";
import { startInside, startUpstream, stopAll } from "./in-process.fixture";

/** What a real Kong 3.9.3 answered to the same. */
const prefix = mkdtempSync(join(tmpdir(), "basehold-kong-prefix-"));
afterAll(() => {
  stopAll();
  rmSync(prefix, { recursive: true, force: true });
});

const documentOf = (parts: object) => JSON.stringify({ _format_version: "3.0", ...parts });
const good = documentOf({ routes: [{ name: "ok", expression: 'http.path == "/"' }] });
const md5 = (text: string) => createHash("md5").update(text).digest("hex");

describe("a document that is posted", () => {
  test("is refused with 415 unless its type is one that Kong reads, as it is written", async () => {
    const kong = await startInside({});
    const statuses: Record<string, number> = {};
    for (const type of ["text/plain", "Text/yaml", "TEXT/YAML", "text/yaml; charset=utf-8", "application/yaml", "application/json"]) statuses[type] = (await kong.post(type, good)).status;
    expect([(await kong.post(undefined, good)).status, statuses]).toEqual([415, { "text/plain": 415, "Text/yaml": 415, "TEXT/YAML": 415, "text/yaml; charset=utf-8": 201, "application/yaml": 201, "application/json": 201 }]);
    expect((await kong.post("text/plain", good)).body).toContain("<h1>415 Unsupported Media Type</h1>");
  });

  test("keeps the MD5 of its text as YAML and in a form, and is the same one then; as JSON it is never the same", async () => {
    const kong = await startInside({});
    const form = `config=${encodeURIComponent(good)}`;
    const seen = [];
    for (const [type, text] of [["application/yaml", good], ["text/yaml", good], ["application/x-www-form-urlencoded", form], ["application/json", good], ["application/json", good]] as const) seen.push([(await kong.post(type, text, "?check_hash=1")).status, kong.gateway.configuration?.hash === md5(good)]);
    expect(seen).toEqual([[201, true], [304, true], [304, true], [201, false], [201, false]]);
  });

  test("is told by the status at once, while requests are served by the old one for a moment", async () => {
    const answer = (name: string) => ({ routes: [{ name, expression: 'http.path == "/"', plugins: [{ name: "request-termination", config: { status_code: 200, message: name } }] }] });
    const kong = await startInside(answer("old"), {}, 60_000);
    await kong.post("text/yaml", documentOf(answer("new")));
    expect([kong.gateway.configuration?.hash, (await kong.get("/")).body]).toEqual([md5(documentOf(answer("new"))), '{"message":"old"}']);
    kong.gateway.spread();
    expect((await kong.get("/")).body).toBe('{"message":"new"}');
  });

  test.each([
    ["nothing", "text/yaml", "", { message: "expected a declarative configuration" }],
    ["JSON that is none", "application/json", "{", { message: "Cannot parse JSON body" }],
    ["a text", "text/yaml", "abc", { code: 14, name: "invalid declarative configuration", fields: { error: "failed parsing declarative configuration: expected an object" }, message: 'declarative config is invalid: {error="failed parsing declarative configuration: expected an object"}' }],
    ["no format", "application/json", "{}", { code: 14, name: "invalid declarative configuration", fields: { _format_version: "required field missing" }, message: 'declarative config is invalid: {_format_version="required field missing"}' }],
  ])("that is %s is refused in Kong's words", async (_, type, text, expected) => {
    const reply = await (await startInside({})).post(type, text);
    expect([reply.status, JSON.parse(reply.body)]).toEqual([400, expected]);
  });

  test.each([
    ["a field that nobody has", { services: [{ name: "a", host: "x", retry: 2 }] }, { services: [{ retry: "unknown field" }] }, '{services={{retry="unknown field"}}}'],
    ["a plugin that nobody has", { services: [{ name: "a", host: "x", routes: [{ name: "r", expression: 'http.path == "/"', plugins: [{ name: "request-trans" }] }] }] }, { services: [{ routes: [{ plugins: [{ name: "plugin 'request-trans' not enabled; add it to the 'plugins' configuration property" }] }] }] }, `{services={{routes={{plugins={{name="plugin 'request-trans' not enabled; add it to the 'plugins' configuration property"}}}}}}}`],
    ["a second entry", { routes: [{ name: "q", expression: 'http.path == "/"' }, { name: "q", expression: 'http.path == "/"' }] }, { routes: [null, "uniqueness violation: 'routes' entity with name set to 'q' already declared"] }, `{routes={[2]="uniqueness violation: 'routes' entity with name set to 'q' already declared"}}`],
    ["fields that exclude each other", { services: [{ name: "a", host: "x", plugins: [{ name: "acl", config: { allow: ["a"], deny: ["b"] } }], routes: [{ name: "q", expression: 'http.path == "/"' }] }] }, { services: [{ plugins: [{ "@entity": ["exactly one of these fields must be non-empty: 'config.allow', 'config.deny'"] }] }] }, `{services={{plugins={{["@entity"]={"exactly one of these fields must be non-empty: 'config.allow', 'config.deny'"}}}}}}`],
    ["no such service", { routes: [{ name: "r", expression: 'http.path == "/"', service: "zz" }] }, { routes: { r: ["invalid reference 'service: zz' (no such entry in 'services')"] } }, `{routes={r={"invalid reference 'service: zz' (no such entry in 'services')"}}}`],
  ])("with %s is refused with the place of it", async (_, document, fields, table) => {
    const kong = await startInside({});
    const before = kong.gateway.configuration;
    const reply = await kong.post("text/yaml", documentOf(document));
    expect([reply.status, JSON.parse(reply.body)]).toEqual([400, { code: 14, name: "invalid declarative configuration", fields, message: `declarative config is invalid: ${table}` }]);
    expect(kong.gateway.configuration).toBe(before);
  });
});

describe("an upstream over TLS", () => {
  test("that is to be verified fails unless verifying is on and has authorities; with them, who is not theirs fails everywhere but where a service says no", async () => {
    const authority = await makePair({ isAuthority: true, commonName: "authority" });
    const [known, unknown] = [await makePair({ names: ["localhost"], by: authority }), await makePair({ names: ["localhost"], commonName: "stranger" })];
    const [one, other] = [await startUpstream(undefined, { key: known.keyPem, cert: known.certificatePem }), await startUpstream(undefined, { key: unknown.keyPem, cert: unknown.certificatePem })];
    const service = (name: string, port: number, tls_verify?: boolean) => ({ name, protocol: "https", host: "localhost", port, ...(tls_verify === undefined ? {} : { tls_verify }), routes: [{ name, expression: `http.path == "/${name}"` }] });
    const document = { services: [service("verified", one.port, true), service("stranger", other.port, true), service("unsaid", other.port), service("trusted", other.port, false)] };
    const statusesWith = async (variables: Record<string, string>) => {
      const kong = await startInside(document, { KONG_PREFIX: prefix, ...variables });
      const statuses: number[] = [];
      for (const { name } of document.services) statuses.push((await kong.get(`/${name}`)).status);
      return statuses;
    };
    const on = { KONG_NGINX_PROXY_PROXY_SSL_VERIFY: "on" };
    expect(await statusesWith({ KONG_LUA_SSL_TRUSTED_CERTIFICATE: `system,${authority.certPath}` })).toEqual([502, 502, 200, 200]);
    expect(await statusesWith({ ...on, KONG_NGINX_PROXY_PROXY_SSL_TRUSTED_CERTIFICATE: authority.certPath })).toEqual([200, 502, 502, 200]);
    expect(await statusesWith({ ...on, KONG_NGINX_PROXY_PROXY_SSL_TRUSTED_CERTIFICATE: join(prefix, ".ca_combined"), KONG_LUA_SSL_TRUSTED_CERTIFICATE: `system,${authority.certPath}` })).toEqual([200, 502, 502, 200]);
    expect(await statusesWith({ ...on, KONG_NGINX_PROXY_PROXY_SSL_TRUSTED_CERTIFICATE: join(prefix, ".ca_combined"), KONG_LUA_SSL_TRUSTED_CERTIFICATE: "system" })).toEqual([502, 502, 502, 200]);
  });

  test("cannot be verified by a file that is not there, nor without one", async () => {
    const on = { KONG_NGINX_PROXY_PROXY_SSL_VERIFY: "on" };
    await expect(startInside({}, { ...on, KONG_NGINX_PROXY_PROXY_SSL_TRUSTED_CERTIFICATE: join(prefix, "nobody.pem") })).rejects.toThrow(/SSL_CTX_load_verify_locations/);
    await expect(startInside({}, on)).rejects.toThrow(/no proxy_ssl_trusted_certificate/);
  });
});
