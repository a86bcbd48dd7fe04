import { expect, test } from "vitest";
import { drawProxies } from "./draw-proxies";

const project = { ref: "shop-eu", upstream: { host: "127.0.0.1", port: 8100 } };
const wish = (parts = {}) => ({ hostnames: "api.example.com", certificatePath: "", keyPath: "", ...parts });

test("every proxy leads the names that are typed to the project's address", () => {
  const { proxies, errors } = drawProxies(project, wish({ hostnames: "API.example.com, www.example.com" }));
  expect(errors).toEqual({});
  expect(proxies.map(({ id }) => id)).toEqual(["nginx", "caddy", "traefik"]);
  for (const { files, refusal } of proxies.filter(({ refusal }) => refusal === null)) {
    expect(refusal).toBeNull();
    const text = files.map(({ content }) => content).join("\n");
    for (const part of ["api.example.com", "www.example.com", "127.0.0.1:8100"]) expect(text).toContain(part);
  }
});

test("with files of a certificate every proxy has a configuration, and names them", () => {
  const { proxies } = drawProxies(project, wish({ certificatePath: "/etc/ssl/shop.pem", keyPath: "/etc/ssl/shop.key" }));
  for (const { files, refusal } of proxies) expect([refusal, files.map(({ content }) => content).join("\n")]).toEqual([null, expect.stringContaining("/etc/ssl/shop.key")]);
});

test("a field that is wrong is named, and nothing is drawn from it", () => {
  expect(drawProxies(project, wish({ hostnames: "api.example.com bad_name" }))).toEqual({ proxies: [], errors: { hostnames: expect.stringContaining("“bad_name” is no host name") } });
  expect(drawProxies(project, wish({ certificatePath: "/a.pem; }", keyPath: "/a.key" })).errors).toEqual({ certificatePath: expect.stringContaining("absolute path") });
  expect(drawProxies(project, wish({ certificatePath: "/a.pem" })).errors).toEqual({ keyPath: "A certificate needs its key." });
  expect(drawProxies(project, wish({ keyPath: "/a.key" })).errors).toEqual({ certificatePath: "A key needs its certificate." });
  expect(drawProxies(project, wish({ hostnames: "  " }))).toEqual({ proxies: [], errors: {} });
});
