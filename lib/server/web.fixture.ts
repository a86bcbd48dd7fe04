import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "next-auth/jwt";
import { randomText } from "@/lib/access/secret-text";

/** The environment of a web process, for tests that call its handlers, actions and pages as functions. */

const cookieSecret = randomText(64);
export const panelUrl = "http://panel.localhost:3000";

/** A web process without a worker, in a folder of its own. Call it before anything of web reads its configuration; what it
 * returns takes the folder away again. */
export function prepareWebEnvironment(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "basehold-web-"));
  writeFileSync(join(folder, "web-secret"), cookieSecret);
  Object.assign(process.env, { BASEHOLD_STORE_URL: "file:unused", BASEHOLD_DATA: folder, BASEHOLD_URL: panelUrl, BASEHOLD_LOG_LEVEL: "silent" });
  return () => rmSync(folder, { recursive: true, force: true });
}

/** The cookie that signing in would have set. */
export async function cookieOf(sid: string): Promise<string> {
  return `basehold.session=${await encode({ token: { sid }, secret: cookieSecret })}`;
}
