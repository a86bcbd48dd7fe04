import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { GET, POST } from "@/app/api/auth/[...nextauth]/route";
import { openScene, passwordOfAll, type Scene } from "@/lib/access/people.fixture";
import { identify } from "./identity";
import { useStore as putStore } from "./store";
import { panelUrl, prepareWebEnvironment } from "./web.fixture";

vi.mock("@/lib/adapters/vault/password-hash", async () => {
  const { cheapPasswords } = await import("@/lib/access/people.fixture");
  return { openPasswordHash: () => cheapPasswords };
});

let scene: Scene;
beforeAll(async () => {
  const removeEnvironment = prepareWebEnvironment();
  scene = await openScene();
  putStore(scene.store);
  await scene.addPerson("Ada", "viewer");
  await scene.addPerson("Bob", "viewer");
  return removeEnvironment;
});
afterAll(() => scene.close());

const call = (path: string, init: RequestInit = {}) => (init.method === "POST" ? POST : GET)(new Request(`${panelUrl}/api/auth/${path}`, init), { params: Promise.resolve({ nextauth: path.split("/") }) });
const cookiesOf = (response: Response) => response.headers.getSetCookie().map((line) => line.split(";")[0] ?? "").join("; ");

/** Does what `requestSignIn` does in the browser. */
async function signIn(email: string, password: string, more: { headers?: Record<string, string>; csrfToken?: string } = {}) {
  const csrf = await call("csrf");
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  const body = new URLSearchParams({ email, password, callbackUrl: "/", json: "true", csrfToken: more.csrfToken ?? csrfToken });
  const response = await call("callback/credentials", { method: "POST", headers: { origin: panelUrl, cookie: cookiesOf(csrf), ...more.headers }, body });
  return { response, url: new URL(((await response.clone().json()) as { url?: string }).url ?? panelUrl), csrf, csrfToken };
}

describe("signing in over HTTP", () => {
  it("sets one cookie that opens a session, sealed, for this host only and out of reach of scripts", async () => {
    const { response } = await signIn("ada@example.com", passwordOfAll);
    expect(response.status).toBe(200);
    const [line = ""] = response.headers.getSetCookie().filter((one) => one.startsWith("basehold.session="));
    expect(line).toMatch(/; Path=\/; .*HttpOnly; SameSite=Lax/);
    expect(line).not.toMatch(/Domain=/i);
    const identity = await identify(new Headers({ cookie: line.split(";")[0] ?? "" }));
    expect(identity?.actor).toMatchObject({ kind: "user", name: "Ada" });
  });

  it("answers a wrong password with the code that the form reads, and waiting with its seconds", async () => {
    for (let count = 0; count < 5; count++) expect((await signIn("bob@example.com", "wrong")).url.searchParams.get("error")).toBe("CredentialsSignin");
    const { response, url } = await signIn("bob@example.com", passwordOfAll);
    expect(response.status).toBe(401);
    expect(url.searchParams.get("error")).toMatch(/^wait-\d+$/);
  });

  it("refuses a request without its CSRF token, from another site, and with a session cookie of another secret", async () => {
    expect((await signIn("ada@example.com", passwordOfAll, { csrfToken: "made up" })).response.status).toBe(403);
    expect((await signIn("ada@example.com", passwordOfAll, { headers: { origin: "http://127.0.0.1:8000" } })).response.status).toBe(403);
    expect(await identify(new Headers({ cookie: "basehold.session=eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAA.BBBB.CCCC" }))).toBeNull();
  });

  it("builds its addresses from the configured one, never from the Host header", async () => {
    const { url, response } = await signIn("nobody@example.com", "wrong", { headers: { host: "evil.example", "x-forwarded-host": "evil.example" } });
    expect(url.origin).toBe(panelUrl);
    expect([...response.headers].join()).not.toContain("evil.example");
    const away = await call("callback/credentials", { method: "POST", headers: { origin: panelUrl }, body: new URLSearchParams({ callbackUrl: "https://evil.example/", json: "true" }) });
    expect(await away.text()).not.toContain("evil.example");
  });

  it("ends the session in the store when signing out", async () => {
    const { response, csrf, csrfToken } = await signIn("ada@example.com", passwordOfAll);
    const cookie = `${cookiesOf(csrf)}; ${cookiesOf(response)}`;
    expect(await identify(new Headers({ cookie }))).not.toBeNull();
    const out = await call("signout", { method: "POST", headers: { origin: panelUrl, cookie }, body: new URLSearchParams({ csrfToken, json: "true", callbackUrl: "/sign-in" }) });
    expect(out.headers.getSetCookie().some((line) => line.startsWith("basehold.session=;"))).toBe(true);
    expect(await identify(new Headers({ cookie }))).toBeNull();
  });

  it("offers nothing else of next-auth", async () => {
    for (const path of ["providers", "session", "signin", "error", "verify-request", "signin/credentials"]) expect((await call(path)).status, path).toBe(404);
    for (const path of ["_log", "session", "signin/credentials", "callback/other"]) expect((await call(path, { method: "POST", headers: { origin: panelUrl } })).status, path).toBe(404);
  });
});
