export type OneTimeLinkKind = "setup" | "password-reset" | "invitation";

const paths: Record<OneTimeLinkKind, string> = { setup: "/set-up", "password-reset": "/reset-password", invitation: "/invitation" };

/** A one-time link. The token stands behind `#`: browsers keep that part to themselves, so no log or referrer ever holds it. */
export function oneTimeLink(panelUrl: string, kind: OneTimeLinkKind, token: string): string {
  const url = new URL(paths[kind], panelUrl);
  url.hash = token;
  return url.href;
}
