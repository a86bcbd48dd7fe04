"use client";

export type SignInResult = { isSignedIn: true } | { isSignedIn: false; sentence: string };

const wrong = "E-mail or password is wrong.";
const unreachable = "The panel did not answer. Try again.";

/** Signs in through next-auth's own endpoints, without its client library. */
export async function signIn(person: { email: string; password: string }): Promise<SignInResult> {
  try {
    const csrfToken = await readCsrfToken();
    const response = await fetch("/api/auth/callback/credentials", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ ...person, csrfToken, callbackUrl: "/", json: "true" }),
    });
    const answer = (await response.json().catch(() => ({}))) as { url?: string; message?: string };
    const error = answer.url === undefined ? null : new URL(answer.url, location.origin).searchParams.get("error");
    if (response.ok && error === null) return { isSignedIn: true };
    return { isSignedIn: false, sentence: sentenceOf(response.status, error) };
  } catch {
    return { isSignedIn: false, sentence: unreachable };
  }
}

/** Ends this session and goes to the sign-in page. */
export async function signOut(): Promise<void> {
  try {
    const csrfToken = await readCsrfToken();
    await fetch("/api/auth/signout", { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: new URLSearchParams({ csrfToken, callbackUrl: "/", json: "true" }) });
  } finally {
    location.assign("/sign-in");
  }
}

async function readCsrfToken(): Promise<string> {
  const response = await fetch("/api/auth/csrf");
  return ((await response.json()) as { csrfToken: string }).csrfToken;
}

function sentenceOf(status: number, error: string | null): string {
  if (status === 429 || error === "limit-exceeded") return "Too many attempts. Wait a few minutes and try again.";
  if (error !== null && error !== "CredentialsSignin" && error.includes(" ")) return error;
  return status >= 500 ? unreachable : wrong;
}
