import { signInParameter } from "./studio-question";

type Closed = { /** Address of the panel's page that opens Studio. */ panel: string | null; target: string; reason: string; headers: Record<string, string> };

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escape = (text: string) => text.replace(/[&<>"']/g, (character) => escapes[character] ?? "");

const style = `
:root { color-scheme: light dark; --ground: #f6f7f9; --surface: #fff; --ink: #1b1f24; --ink-2: #4d5661; --line: #d5d9df; --accent: #1f5fd0; --on-accent: #fff }
@media (prefers-color-scheme: dark) { :root { --ground: #101317; --surface: #181c22; --ink: #e8ebef; --ink-2: #a9b2bd; --line: #333a43; --accent: #7fb0ff; --on-accent: #0b1a33 } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 16px; background: var(--ground); color: var(--ink); font: 14px/1.5 system-ui, sans-serif }
main { max-width: 26rem; padding: 24px; background: var(--surface); border: 1px solid var(--line); border-radius: 6px }
h1 { margin: 0 0 8px; font-size: 20px; line-height: 1.3 }
p { margin: 0 0 16px; color: var(--ink-2) }
nav { display: flex; flex-wrap: wrap; gap: 12px }
a { display: inline-flex; align-items: center; min-height: 44px; padding: 0 16px; border: 1px solid var(--line); border-radius: 6px; color: inherit; text-decoration: none }
a.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent) }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }`;

/** What a browser gets at Studio's address from which it may not go on: why, and the two ways in. It loads nothing. */
export function closedPage({ panel, target, reason, headers }: Closed): Response {
  const signIn = `${target}${target.includes("?") ? "&" : "?"}${signInParameter}=1`;
  const ways = [
    ...(panel === null ? [] : [`<a class="primary" href="${escape(panel)}">Open from the panel</a>`]),
    `<a href="${escape(target.includes(`${signInParameter}=`) ? target : signIn)}">Sign in as a user of Studio</a>`,
  ];
  const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>Studio is closed</title><style>${style}</style></head>
<body><main><h1>Studio is closed here</h1><p>${escape(reason)}</p><nav aria-label="Ways in">${ways.join("")}</nav></main></body>
</html>
`;
  return new Response(html, { status: 401, headers: { ...headers, "content-type": "text/html; charset=utf-8", "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" } });
}
