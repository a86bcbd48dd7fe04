import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { renderExternalCaddy } from "./caddy";
import type { ExternalProxyInput } from "./input";
import { renderExternalNginx } from "./nginx";
import { renderExternalTraefik } from "./traefik";

const input: ExternalProxyInput = {
  projectRef: "shop-eu",
  hostnames: ["api.example.com", "*.shop.example.com"],
  upstream: { host: "127.0.0.1", port: 8001 },
  certificate: { certificatePath: "/etc/ssl/shop.pem", keyPath: "/etc/ssl/shop.key" },
  maxBodyBytes: 524_288_000,
  redirectsHttp: true,
};
const renderers = { nginx: renderExternalNginx, caddy: renderExternalCaddy, traefik: renderExternalTraefik };

describe.each(Object.entries(renderers))("%s", (name, render) => {
  test("is written as it was looked at", async () => {
    const { files, hints } = render(input);
    await expect(`${files.map(({ path, content }) => `# ${path}\n${content}`).join("\n")}\n# ${hints.join("\n# ")}\n`).toMatchFileSnapshot(`golden/${name}.txt`);
  });

  test("nothing that ends a string, a line or a block can stand in it", () => {
    const evil = ["a.test; return 200", "a.test {", "a`.test", 'a".test', "a.test\nb", "$host", "{env.HOME}", "a test", "*", ""];
    for (const hostname of evil) expect(() => render({ ...input, hostnames: [hostname] }), hostname).toThrow(RangeError);
    for (const host of evil) expect(() => render({ ...input, upstream: { host, port: 80 } }), host).toThrow(RangeError);
    for (const path of ["relative.pem", "/a b", "/a;b", "/a\n", "/a$b", "/a{b}", '/a"', "/"]) expect(() => render({ ...input, certificate: { certificatePath: path, keyPath: "/k" } }), path).toThrow(RangeError);
    for (const projectRef of ["A", "a;b", "a\nb", ""]) expect(() => render({ ...input, projectRef }), projectRef).toThrow(RangeError);
    expect(() => render({ ...input, hostnames: [] })).toThrow(RangeError);
    expect(() => render({ ...input, upstream: { host: "127.0.0.1", port: 0 } })).toThrow(RangeError);
  });

  test("two projects in one proxy share no name", () => {
    const namesIn = (projectRef: string) => new Set(JSON.stringify(render({ ...input, projectRef }).files[0]).match(/basehold[_-][a-z0-9_-]+/g));
    const [one, other] = [namesIn("shop-eu"), namesIn("shop-us")];
    expect([...one].filter((each) => other.has(each))).toEqual([]);
  });
});

/** The part of Traefik 3's file provider and static configuration that is used, and not a field more: Traefik refuses unknown ones. */
const router = z.strictObject({ rule: z.string(), entryPoints: z.array(z.string()), service: z.string(), middlewares: z.array(z.string()).optional(), tls: z.strictObject({ certResolver: z.string().optional() }).optional() });
const duration = z.string().regex(/^\d+s$/);
const dynamicSchema = z.strictObject({
  http: z.strictObject({
    routers: z.record(z.string(), router),
    middlewares: z.record(z.string(), z.strictObject({ redirectScheme: z.strictObject({ scheme: z.string(), permanent: z.boolean() }) })).optional(),
    services: z.record(z.string(), z.strictObject({ loadBalancer: z.strictObject({ passHostHeader: z.boolean(), serversTransport: z.string(), servers: z.array(z.strictObject({ url: z.url() })) }) })),
    serversTransports: z.record(z.string(), z.strictObject({ forwardingTimeouts: z.strictObject({ dialTimeout: duration, responseHeaderTimeout: duration }) })),
  }),
  tls: z.strictObject({ certificates: z.array(z.strictObject({ certFile: z.string(), keyFile: z.string() })) }).optional(),
});

test("Traefik's file names only what it defines", () => {
  const { http } = dynamicSchema.parse(parse(renderExternalTraefik(input).files[0]?.content ?? ""));
  for (const { service, middlewares = [] } of Object.values(http.routers)) {
    expect(Object.keys(http.services)).toContain(service);
    expect(Object.keys(http.middlewares ?? {})).toEqual(expect.arrayContaining(middlewares));
  }
  expect(dynamicSchema.safeParse(parse(renderExternalTraefik({ ...input, certificate: null, redirectsHttp: false }).files[0]?.content ?? "")).error).toBeUndefined();
});
