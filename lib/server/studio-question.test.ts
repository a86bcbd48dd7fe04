import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { PANEL_COOKIE_PREFIXES } from "@/lib/gateway/envoy-lua";
import { ticketParameter } from "@/lib/projects/studio/studio-session";
import { installClientAddress } from "./client-address";
import { readStudioQuestion, studioCookieName } from "./studio-question";

const projectId = "aaaaaaaaaaaa";
beforeAll(() => installClientAddress(() => false, "p".repeat(64)));

const ask = (uri: string, headers: Record<string, string> = {}) => readStudioQuestion(new Headers({ "x-basehold-project": projectId, "x-forwarded-method": "GET", "x-forwarded-proto": "http", "x-forwarded-host": "127.0.0.1:8100", "x-forwarded-uri": uri, ...headers }));

test("what does not name a project and a target is no question", () => {
  expect(readStudioQuestion(new Headers({ "x-forwarded-uri": "/" }))).toBeNull();
  expect(readStudioQuestion(new Headers({ "x-basehold-project": projectId }))).toBeNull();
});

test("the ticket is taken out of the target, and the rest of it stays as it was sent", () => {
  expect(ask(`/project/default?a=1&${ticketParameter}=abc&b=%20+c`)).toMatchObject({ ticket: "abc", target: "/project/default?a=1&b=%20+c" });
  expect(ask(`/?${ticketParameter}=abc`)).toMatchObject({ ticket: "abc", target: "/" });
  expect(ask(`/x?${ticketParameter}`)).toMatchObject({ ticket: "", target: "/x" });
  expect(ask("/x?a=?b")).toMatchObject({ ticket: null, target: "/x?a=?b" });
});

test("only a GET carries a ticket: what changes something is not sent on to another address", () => {
  expect(ask(`/?${ticketParameter}=abc`, { "x-forwarded-method": "POST" })?.ticket).toBeNull();
});

test("no target leads a browser to another host", () => {
  for (const uri of ["//evil.example/x", "/\\evil.example", "\\\\evil.example", "///evil.example", "https://evil.example/x"]) {
    const { target } = ask(`${uri}?${ticketParameter}=a`) ?? { target: "" };
    expect(new URL(target, "http://127.0.0.1:8100").host, uri).toBe("127.0.0.1:8100");
  }
  fc.assert(fc.property(fc.string({ unit: "binary-ascii" }), (text) => {
    const clean = text.replace(/[^\x21-\x7e]/g, "");
    const target = ask(`/${clean}`)?.target ?? "";
    return new URL(target, "http://127.0.0.1:8100").host === "127.0.0.1:8100";
  }));
});

test("the cookie is the project's own, and is one of those that gateways strip", () => {
  const cookie = `${studioCookieName(projectId, false)}=mine; ${studioCookieName("bbbbbbbbbbbb", false)}=other; __Host-basehold.studio.${projectId}=secure`;
  expect(ask("/", { cookie })?.session).toBe("mine");
  expect(ask("/", { cookie, "x-forwarded-proto": "https" })?.session).toBe("secure");
  for (const isHttps of [true, false]) expect(PANEL_COOKIE_PREFIXES.some((prefix) => studioCookieName(projectId, isHttps).startsWith(prefix))).toBe(true);
});

describe("a request that a page of another address made", () => {
  const site = (value: string, more: Record<string, string> = {}) => ({ "sec-fetch-site": value, "sec-fetch-mode": "cors", ...more });
  test.each([
    ["a fetch of another port", site("same-site")],
    ["a fetch of another site", site("cross-site", { "sec-fetch-mode": "no-cors" })],
    ["a form sent from another site", { ...site("cross-site", { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" }), "x-forwarded-method": "POST" }],
    ["a frame of another site", site("cross-site", { "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" })],
    ["a socket of another port", { origin: "http://127.0.0.1:8101" }],
    ["a page without an origin", { origin: "null" }],
  ])("%s does not count", (_name, headers) => expect(ask("/api/pg-meta/default/query", headers)?.isForeign).toBe(true));

  test.each([
    ["a link from the panel", site("cross-site", { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" })],
    ["Studio's own fetch", site("same-origin", { origin: "http://127.0.0.1:8100", "x-forwarded-method": "POST" })],
    ["an address that was typed", site("none", { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" })],
    ["Studio's own fetch, in a browser that names no site", { origin: "http://127.0.0.1:8100", "x-forwarded-method": "POST" }],
  ])("%s is none", (_name, headers) => expect(ask("/", headers)?.isForeign).toBe(false));
});

test("a page is for a browser that goes to one, in browsers old and new", () => {
  expect(ask("/", { "sec-fetch-mode": "navigate" })?.isNavigation).toBe(true);
  expect(ask("/", { accept: "text/html,*/*" })?.isNavigation).toBe(true);
  expect(ask("/", { accept: "text/html", "sec-fetch-mode": "cors" })?.isNavigation).toBe(false);
  expect(ask("/", { accept: "application/json" })?.isNavigation).toBe(false);
  expect(ask("/", { accept: "text/html", "x-forwarded-method": "POST" })?.isNavigation).toBe(false);
});
