import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { emptyEdge, renderEdge } from "./edge";
import { isHostname, type EdgeInput } from "./edge-input";
import { base, domain, install, project } from "./edge-install.fixture";
import { streamCloseDelayMs, toNs } from "./edge-routes";
import { edgeVersion, listenersOf } from "./edge-version";

type Server = { listen: string[]; routes: Route[] };
type Route = { match?: { host?: string[] }[]; handle: unknown[] };

const serversOf = (input: EdgeInput) => (renderEdge(input).document.apps.http as { servers: Record<string, Server> }).servers;

/** The upstreams that a name could reach on a server: Caddy takes the first route whose host list holds it. */
function reachable(server: Server | undefined, hostname: string): string[] {
  const labels = hostname.split(".");
  const holds = (pattern: string) => pattern === hostname || (pattern.startsWith("*.") && pattern.slice(2) === labels.slice(1).join("."));
  const taken = server?.routes.find(({ match }) => match?.some(({ host }) => host?.some(holds)));
  return [...new Set([...JSON.stringify(taken ?? {}).matchAll(/"dial":"([^"]+)"/g)].flatMap(([, dial]) => (dial === undefined ? [] : [dial])))];
}

describe("an installation at the edge", () => {
  test("no name and no port ever leads to another project's gateway", () => {
    fc.assert(fc.property(install(), (input) => {
      const servers = serversOf(input);
      for (const { projectId, gatewayUpstream, domains } of input.projects) {
        expect([...new Set([...JSON.stringify(servers[`project-${projectId}`]).matchAll(/"dial":"([^"]+)"/g)].map(([, dial]) => dial))]).toEqual([gatewayUpstream]);
        for (const { hostname, isOpen, tls, redirectsHttp } of domains) {
          const own = isOpen ? [gatewayUpstream] : [];
          const asked = hostname.replace("*.", "unlisted.");
          const isRedirected = redirectsHttp && tls.kind !== "none";
          expect(reachable(servers["http"], asked)).toEqual(isRedirected ? [] : own);
          expect(reachable(servers["https"], asked)).toEqual(tls.kind === "none" ? [] : own);
        }
      }
      if (input.panel !== null) expect(reachable(servers["http"], input.panel.hostname)).toEqual([input.panel.upstream]);
      expect(reachable(servers["http"], "unknown.example")).toEqual([]);
    }));
  });

  test("the order in which projects and domains are listed changes nothing", () => {
    fc.assert(fc.property(install(), (input) => {
      const turned = { ...input, projects: [...input.projects].reverse().map((each) => ({ ...each, domains: [...each.domains].reverse() })) };
      expect(JSON.stringify(renderEdge(turned))).toBe(JSON.stringify(renderEdge(input)));
    }));
  });

  test("every proxy keeps its sockets over loads and connects within a limit", () => {
    fc.assert(fc.property(install(), (input) => {
      const text = JSON.stringify(renderEdge(input));
      expect(text.match(new RegExp(`"stream_close_delay":${String(toNs(streamCloseDelayMs))}\\b`, "g"))?.length).toBe(text.match(/"handler":"reverse_proxy"/g)?.length);
    }));
  });

  test("a gateway has a file exactly when the document names it, and its address stands nowhere else", () => {
    fc.assert(fc.property(install(), fc.boolean(), (input, hasAddress) => {
      const projects = hasAddress ? input.projects : input.projects.map((each) => ({ ...each, localListen: null }));
      const { document, liveFiles } = renderEdge({ ...input, projects, liveFolder: "/config/gateways" });
      const text = JSON.stringify(document);
      const named = new Set([...text.matchAll(/(?:\{|\\")file\.(\/[^}"\\]+)/g)].map(([, path]) => path));
      expect(Object.keys(liveFiles).sort()).toEqual([...named].sort());
      for (const { gatewayUpstream } of input.projects) expect(text).not.toContain(gatewayUpstream);
    }));
  });

  test("nothing is open to the network before there is a project or a name", () => {
    expect(serversOf(base)).toEqual({});
    expect(emptyEdge("/run/admin.sock").admin).toMatchObject({ listen: "unix//run/admin.sock|0600", config: { persist: true } });
  });
});

describe("what is refused", () => {
  const refusals: [string, Partial<EdgeInput>][] = [
    ["a name of two projects", { projects: [project("a", { domains: [domain("x.test")] }), project("b", { domains: [domain("x.test")] })] }],
    ["the panel's name for a project", { panel: { ...domain("x.test"), upstream: "127.0.0.1:3000", proof: "p".repeat(64) }, projects: [project("a", { domains: [domain("x.test")] })] }],
    ["a gateway of two projects", { projects: [project("a", { gatewayUpstream: "127.0.0.1:9000" }), project("b", { gatewayUpstream: "127.0.0.1:9000" })] }],
    ["a listener of two projects", { projects: [project("a", { localListen: { address: "127.0.0.1", port: 8001 } }), project("b", { localListen: { address: "0.0.0.0", port: 8001 } })] }],
    ["a project on the public port", { projects: [project("a", { localListen: { address: "127.0.0.1", port: 80 }, domains: [domain("x.test")] })] }],
    ["a wildcard by ACME", { projects: [project("a", { domains: [domain("*.x.test", { tls: { kind: "acme", directory: "live" } })] })] }],
    ["a placeholder as a name", { projects: [project("a", { domains: [domain("{env.HOME}")] })] }],
    ["a placeholder in a header of the question", { projects: [project("a", { studio: { apiRoutes: [], ownApiRoutes: [], isOnApiNames: true, isOnLocalAddress: true, allowedNetworks: null, forwardAuth: { upstream: "127.0.0.1:1", path: "/x", headers: { secret: "{file./etc/shadow}" }, copyHeaders: [], letsBasicAuthPass: false } } })] }],
    ["an upstream with a path", { projects: [project("a", { gatewayUpstream: "127.0.0.1:9000/x" })] }],
    ["a network that is none", { trustedProxies: ["10.0.0.0/33"] }],
  ];
  test.each(refusals)("%s", (_what, parts) => {
    expect(() => renderEdge({ ...base, ...parts })).toThrow(RangeError);
  });

  test("only names that a certificate can hold are host names", () => {
    for (const good of ["a.test", "xn--bcher-kva.example", "*.a.test", "localhost", "a-b.c1"]) expect(isHostname(good), good).toBe(true);
    for (const bad of ["", "A.test", "a..b", "a.test.", "-a.test", "*", "a.*.test", "bücher.example", "a test", "a/b", "10.0.0.1", "[::1]", "a:80", `${"a".repeat(64)}.test`, "x\n.test"]) expect(isHostname(bad), bad).toBe(false);
  });
});

test("a document has one version however its fields are ordered, and another when a value differs", () => {
  const versionOf = (document: unknown, liveFiles = {}) => edgeVersion({ document, liveFiles });
  expect(versionOf({ a: 1, b: [1, 2] })).toBe(versionOf(JSON.parse('{"b":[1,2],"a":1}')));
  expect(new Set([versionOf({ b: [1, 2] }), versionOf({ b: [2, 1] }), versionOf({ b: [1, 2] }, { a: "x" })]).size).toBe(3);
  expect(listenersOf({ apps: { http: { servers: { x: { listen: [":80"] }, y: { listen: ["127.0.0.1:1", ":80"] } } } } })).toEqual(["127.0.0.1:1", ":80"].sort());
  expect(listenersOf(null)).toEqual([]);
});
