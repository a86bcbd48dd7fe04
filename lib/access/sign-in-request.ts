/** Browser side of signing in and out at next-auth's endpoints, without its React client (which every page would carry). */

export type SignInAnswer = { ok: true } | { ok: false; message: string };

const wrong = "This e-mail and password do not belong together.";

/** Signs in; the cookie is set by the answer. */
export async function requestSignIn(input: { email: string; password: string }): Promise<SignInAnswer> {
  try {
    const response = await post("/api/auth/callback/credentials", { ...input, callbackUrl: "/", json: "true" });
    if (response.ok) return { ok: true };
    return { ok: false, message: await readMessage(response) };
  } catch {
    return { ok: false, message: "The panel did not answer. Try again." };
  }
}

/** Ends the session on the server and takes the cookie away. */
export async function requestSignOut(): Promise<void> {
  await post("/api/auth/signout", { callbackUrl: "/sign-in", json: "true" });
}

async function post(path: string, fields: Record<string, string>): Promise<Response> {
  const { csrfToken } = (await (await fetch("/api/auth/csrf")).json()) as { csrfToken: string };
  return fetch(path, { method: "POST", body: new URLSearchParams({ ...fields, csrfToken }) });
}

async function readMessage(response: Response): Promise<string> {
  const body = (await response.json().catch(() => ({}))) as { url?: string };
  const code = body.url === undefined ? null : new URL(body.url, location.origin).searchParams.get("error");
  const [, seconds] = /^wait-(\d+)$/.exec(code ?? "") ?? [];
  if (seconds !== undefined) return `Too many attempts. Try again in ${Number(seconds) < 90 ? `${seconds} s` : `${Math.ceil(Number(seconds) / 60)} min`}.`;
  return code === "CredentialsSignin" ? wrong : "Signing in failed. Try again.";
}
