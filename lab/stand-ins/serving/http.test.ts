import { once } from "node:events";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { readBody, Router, serveRouter, type ServeOptions } from "./http";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const options: ServeOptions = {
  onError: (error) => ({ status: 500, text: error instanceof Error ? error.message : "?" }),
  onUnknown: (_call, methodRefused) => ({ status: methodRefused ? 405 : 404 }),
};

async function serve(router: Router): Promise<string> {
  const server = serveRouter(router, options).listen(0, "127.0.0.1");
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

describe("Router", () => {
  it("gives a handler the decoded value of every named part", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }).filter((text) => text !== "." && text !== ".."), (name) => {
        const router = new Router().on("GET", "/user/:name", () => ({ status: 200 }));
        const found = router.find("GET", `/user/${encodeURIComponent(name)}`);
        expect("handler" in found ? found.values.name : undefined).toBe(name);
      }),
    );
  });

  it("gives the rest of a path to a pattern that ends in a star, and nothing to an empty rest", () => {
    const router = new Router().on("GET", "/object/:bucket/:name*", () => ({ status: 200 }));
    expect(router.find("GET", "/object/b/a%20b/c.txt")).toMatchObject({ values: { bucket: "b", name: "a b/c.txt" } });
    expect(router.find("GET", "/object/b")).toEqual({ methodRefused: false });
  });

  it("tells a refused method from an unknown path", () => {
    const router = new Router().on("POST", "/signup", () => ({ status: 200 }));
    expect(router.find("GET", "/signup")).toEqual({ methodRefused: true });
    expect(router.find("POST", "/signin")).toEqual({ methodRefused: false });
  });
});

describe("serveRouter", () => {
  it("answers HEAD with the headers of GET and no body", async () => {
    const url = await serve(new Router().on("GET", "/status", () => ({ status: 200, text: "fine" })));
    const response = await fetch(`${url}/status`, { method: "HEAD" });
    expect([response.status, response.headers.get("content-length"), await response.text()]).toEqual([200, "4", ""]);
  });

  it("takes the next request on a connection whose last body was never read", async () => {
    const url = await serve(new Router().on("POST", "/ignore", () => ({ status: 204 })).on("GET", "/next", () => ({ status: 200, text: "next" })));
    await fetch(`${url}/ignore`, { method: "POST", body: "GET /trap HTTP/1.1\r\n\r\n" });
    expect(await (await fetch(`${url}/next`)).text()).toBe("next");
  });

  it("turns a body above its limit into the handler's error answer", async () => {
    const url = await serve(new Router().on("POST", "/", async (call) => ({ status: 200, text: String((await readBody(call.message, 10)).length) })));
    expect(await (await fetch(url, { method: "POST", body: "0123456789" })).text()).toBe("10");
    expect((await fetch(url, { method: "POST", body: "0123456789x" })).status).toBe(500);
  });
});
