import { createHash, randomBytes, randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Database } from "../serving/database";
import { startScratchPostgres, type ScratchPostgres } from "../serving/scratch-postgres.fixture";
import { serveForTest } from "../serving/serve-for-test.fixture";
import { readConfig, type Env } from "./config";
import { AuthContext } from "./context";
import { startMailSink } from "./mail-sink.fixture";
import { authRoutes, authServeOptions } from "./routes";
import { migrate } from "./schema";

const secret = "a-shared-secret-of-forty-characters-0001";
const password = "correct horse";
type Answer = { status: number; body: Record<string, unknown>; location: string | null };
type Tokens = { access_token: string; refresh_token: string; user: { id: string } };

let postgres: ScratchPostgres;
let database: Database;
let context: AuthContext;
let sink: Awaited<ReturnType<typeof startMailSink>>;
let served: Awaited<ReturnType<typeof serveForTest>>;
let serviceToken: string;

function environment(more: Env = {}): Env {
  return {
    API_EXTERNAL_URL: "http://project.test/auth/v1", GOTRUE_SITE_URL: "http://site.test", GOTRUE_URI_ALLOW_LIST: "http://allowed.test/**",
    GOTRUE_DB_DATABASE_URL: postgres.url("supabase_auth_admin"), GOTRUE_JWT_SECRET: secret, GOTRUE_JWT_AUD: "authenticated", GOTRUE_JWT_DEFAULT_GROUP_NAME: "authenticated",
    GOTRUE_JWT_ADMIN_ROLES: "service_role", GOTRUE_MAILER_AUTOCONFIRM: "true", GOTRUE_SMTP_HOST: "127.0.0.1", GOTRUE_SMTP_PORT: String(sink.port),
    GOTRUE_SMTP_ADMIN_EMAIL: "no-reply@site.test", GOTRUE_SMTP_MAX_FREQUENCY: "60s", GOTRUE_MAILER_URLPATHS_CONFIRMATION: "/auth/v1/verify", GOTRUE_MAILER_URLPATHS_RECOVERY: "/auth/v1/verify",
    ...more,
  };
}

async function ask(method: string, path: string, body?: unknown, token?: string): Promise<Answer> {
  const headers = { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  const response = await fetch(`${served.url}${path}`, { method, headers, redirect: "manual", ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await response.text();
  return { status: response.status, body: text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {}, location: response.headers.get("location") };
}

const post = (path: string, body: unknown, token?: string) => ask("POST", path, body, token);
const newEmail = () => `${randomUUID()}@people.test`;

async function signUp(email = newEmail()): Promise<Tokens & { email: string }> {
  const { status, body } = await post("/signup", { email, password });
  expect(status).toBe(200);
  return { ...(body as unknown as Tokens), email };
}

/** The link in the last mail to an address, as a path on the stand-in. */
function mailedLink(email: string): string {
  const mail = sink.mails.filter((each) => each.to.includes(email)).at(-1);
  const href = /href="([^"]+)"/.exec(mail?.text ?? "")?.[1]?.replaceAll("&#38;", "&") ?? "";
  expect(href).toMatch(/^http:\/\/project\.test\/auth\/v1\/verify\?/);
  return href.replace("http://project.test/auth/v1", "");
}

beforeAll(async () => {
  postgres = await startScratchPostgres();
  sink = await startMailSink();
  database = new Database({ url: postgres.url("supabase_auth_admin"), applicationName: "test", maxConnections: 4 });
  await database.prepare(migrate);
  context = new AuthContext(readConfig(environment()), database);
  served = await serveForTest(authRoutes(context), authServeOptions);
  serviceToken = await new SignJWT({ role: "service_role" }).setProtectedHeader({ alg: "HS256" }).setExpirationTime("1h").sign(new TextEncoder().encode(secret));
});
afterAll(async () => {
  served.close();
  sink.close();
  await database.close();
  await postgres.stop();
});
beforeEach(() => {
  context.replaceConfig(readConfig(environment()));
});

describe("sign-up and sign-in", () => {
  it("a new user is signed in at once where addresses are confirmed automatically, and finds itself", async () => {
    const { access_token: token, user, email } = await signUp();
    expect((await ask("GET", "/user", undefined, token)).body).toMatchObject({ id: user.id, email, role: "authenticated" });
  });

  it("an address that is taken is told only where sign-up is confirmed automatically", async () => {
    const { email } = await signUp();
    expect((await post("/signup", { email, password })).body.error_code).toBe("user_already_exists");
    context.replaceConfig(readConfig(environment({ GOTRUE_MAILER_AUTOCONFIRM: "false" })));
    const disguised = await post("/signup", { email, password });
    expect([disguised.status, disguised.body.email]).toEqual([200, email]);
    expect(disguised.body.id).not.toBe(undefined);
  });

  it("a wrong password and an unknown address get the same answer", async () => {
    const { email } = await signUp();
    const wrong = await post("/token?grant_type=password", { email, password: "wrong" });
    const unknown = await post("/token?grant_type=password", { email: newEmail(), password });
    expect(wrong).toEqual(unknown);
    expect(wrong).toMatchObject({ status: 400, body: { error_code: "invalid_credentials" } });
  });

  it("a closed sign-up takes nobody, and those who are in stay in", async () => {
    const { email } = await signUp();
    context.replaceConfig(readConfig(environment({ GOTRUE_DISABLE_SIGNUP: "true" })));
    expect((await post("/signup", { email: newEmail(), password })).body.error_code).toBe("signup_disabled");
    expect((await post("/token?grant_type=password", { email, password })).status).toBe(200);
  });

  it("input that cannot be used is refused with the field's rule", async () => {
    expect((await post("/signup", { email: "nobody", password })).body.error_code).toBe("validation_failed");
    expect((await post("/signup", { email: newEmail(), password: "short" })).body.error_code).toBe("weak_password");
    expect((await post("/signup", { email: 7, password })).body.msg).toContain("email");
  });
});

describe("sessions", () => {
  it("a refresh token works once; its reuse after a further refresh ends the session", async () => {
    const first = await signUp();
    const refresh = (token: string) => post("/token?grant_type=refresh_token", { refresh_token: token });
    const second = (await refresh(first.refresh_token)).body as unknown as Tokens;
    const third = (await refresh(second.refresh_token)).body as unknown as Tokens;
    expect((await refresh(first.refresh_token)).body.error_code).toBe("refresh_token_already_used");
    expect((await refresh(third.refresh_token)).status).toBe(400);
  });

  it("a token of a session that was signed out opens nothing", async () => {
    const { access_token: token } = await signUp();
    expect((await post("/logout", {}, token)).status).toBe(204);
    expect((await ask("GET", "/user", undefined, token)).body.error_code).toBe("session_not_found");
  });

  it("signing out the others keeps this one", async () => {
    const one = await signUp();
    const two = (await post("/token?grant_type=password", { email: one.email, password })).body as unknown as Tokens;
    expect((await post("/logout?scope=others", {}, two.access_token)).status).toBe(204);
    expect([(await ask("GET", "/user", undefined, one.access_token)).status, (await ask("GET", "/user", undefined, two.access_token)).status]).toEqual([403, 200]);
  });

  it("a changed password is the only one that works, and ends the other sessions", async () => {
    const one = await signUp();
    const two = (await post("/token?grant_type=password", { email: one.email, password })).body as unknown as Tokens;
    expect((await ask("PUT", "/user", { password: "another horse" }, two.access_token)).status).toBe(200);
    expect((await ask("GET", "/user", undefined, one.access_token)).status).toBe(403);
    expect((await post("/token?grant_type=password", { email: one.email, password })).status).toBe(400);
    expect((await post("/token?grant_type=password", { email: one.email, password: "another horse" })).status).toBe(200);
  });
});

describe("links by mail", () => {
  it("a new address is confirmed by the mailed link, once, and only to an allowed place", async () => {
    context.replaceConfig(readConfig(environment({ GOTRUE_MAILER_AUTOCONFIRM: "false" })));
    const email = newEmail();
    await post("/signup?redirect_to=http://evil.test/", { email, password });
    expect((await post("/token?grant_type=password", { email, password })).body.error_code).toBe("email_not_confirmed");
    const link = mailedLink(email);
    const { status, location } = await ask("GET", link);
    expect(status).toBe(303);
    expect(location).toMatch(/^http:\/\/site\.test#access_token=/);
    expect((await ask("GET", link)).location).toContain("error_code=otp_expired");
    expect((await post("/token?grant_type=password", { email, password })).status).toBe(200);
  });

  it("recovery signs in through the mailed link, and says the same of an address that nobody has", async () => {
    const { email } = await signUp();
    const known = await post("/recover?redirect_to=http://allowed.test/reset", { email });
    expect(known).toEqual(await post("/recover", { email: newEmail() }));
    expect((await ask("GET", mailedLink(email))).location).toMatch(/^http:\/\/allowed\.test\/reset#access_token=.*type=recovery/);
  });

  it("with PKCE the link ends in a code that only its verifier can swap, once", async () => {
    const { email, user } = await signUp();
    const verifier = randomBytes(40).toString("base64url");
    const challenge = createHash("sha256").update(verifier).digest("base64url");
    await post("/otp", { email, code_challenge: challenge, code_challenge_method: "s256" });
    const code = new URL((await ask("GET", mailedLink(email))).location ?? "").searchParams.get("code");
    expect((await post("/token?grant_type=pkce", { auth_code: code, code_verifier: "wrong" })).body.error_code).toBe("bad_code_verifier");
    expect((await post("/token?grant_type=pkce", { auth_code: code, code_verifier: verifier })).body).toMatchObject({ user: { id: user.id } });
    expect((await post("/token?grant_type=pkce", { auth_code: code, code_verifier: verifier })).status).toBe(404);
  });

  it("a second mail within the allowed time is refused", async () => {
    const { email } = await signUp();
    expect((await post("/recover", { email })).status).toBe(200);
    expect((await post("/recover", { email })).status).toBe(429);
  });

  it("the mailed digits prove the address that they were sent to and no other", async () => {
    const [one, two] = [await signUp(), await signUp()];
    const { email_otp: token } = (await post("/admin/generate_link", { type: "magiclink", email: one.email }, serviceToken)).body;
    expect((await post("/verify", { type: "email", email: two.email, token })).body.error_code).toBe("otp_expired");
    expect((await post("/verify", { type: "email", email: one.email, token })).body).toMatchObject({ user: { id: one.user.id } });
  });
});

describe("administration", () => {
  it("is closed to everybody but the service role", async () => {
    const { access_token: token } = await signUp();
    expect((await ask("GET", "/admin/users")).status).toBe(401);
    expect((await ask("GET", "/admin/users", undefined, token)).body.error_code).toBe("not_admin");
    expect((await ask("GET", "/admin/users?per_page=1", undefined, serviceToken)).status).toBe(200);
  });

  it("makes, bans and deletes a user", async () => {
    const email = newEmail();
    const made = await post("/admin/users", { email, password, email_confirm: true, app_metadata: { plan: "x" } }, serviceToken);
    expect(made.body).toMatchObject({ email, app_metadata: { plan: "x", provider: "email" } });
    const path = `/admin/users/${String(made.body.id)}`;
    await ask("PUT", path, { ban_duration: "1h" }, serviceToken);
    expect((await post("/token?grant_type=password", { email, password })).body.error_code).toBe("user_banned");
    expect((await ask("DELETE", path, undefined, serviceToken)).status).toBe(200);
    expect((await ask("GET", path, undefined, serviceToken)).status).toBe(404);
  });
});

describe("configuration", () => {
  it("a provider that is switched on sends the browser to its page with the client id, one that is off does not", async () => {
    expect((await ask("GET", "/authorize?provider=github")).status).toBe(400);
    const github = { GOTRUE_EXTERNAL_GITHUB_ENABLED: "true", GOTRUE_EXTERNAL_GITHUB_CLIENT_ID: "the-id", GOTRUE_EXTERNAL_GITHUB_SECRET: "s", GOTRUE_EXTERNAL_GITHUB_REDIRECT_URI: "http://project.test/auth/v1/callback" };
    context.replaceConfig(readConfig(environment(github)));
    const { status, location } = await ask("GET", "/authorize?provider=github");
    expect(status).toBe(302);
    expect(location).toMatch(/^https:\/\/github\.com\/login\/oauth\/authorize\?client_id=the-id&/);
    expect((await ask("GET", "/settings")).body.external).toMatchObject({ github: true, google: false });
  });

  it("bringing the schema up to date twice changes nothing", async () => {
    const columns = () => database.query("select table_name, column_name, data_type from information_schema.columns where table_schema = 'auth' order by 1, 2");
    const before = await columns();
    await database.query("delete from auth.schema_migrations");
    await database.transaction(migrate);
    expect(await columns()).toEqual(before);
  });
});
