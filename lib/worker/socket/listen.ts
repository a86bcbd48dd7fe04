import { chmod, chown, mkdir, rm } from "node:fs/promises";
import type http from "node:http";
import { connect } from "node:net";
import { dirname } from "node:path";

type ListenOptions = {
  socketPath: string;
  /** The user that web runs as, when it is another one. */
  webUid: number | null;
};

/**
 * Listens on the unix socket: only the worker's user and web's can connect. A socket that a killed worker left is taken over.
 * @throws when another worker answers there.
 */
export async function listen(server: http.Server, { socketPath, webUid }: ListenOptions): Promise<void> {
  await mkdir(dirname(socketPath), { recursive: true, mode: 0o711 });
  if (await isAnswered(socketPath)) throw new Error(`Another worker is running: it answers on ${socketPath}. Stop it first.`);
  await rm(socketPath, { force: true });
  await bind(server, socketPath);
  if (webUid !== null && process.getuid?.() === 0) await chown(socketPath, webUid, 0);
  await chmod(socketPath, 0o660);
}

/** Whether a process accepts connections on the socket. */
export function isAnswered(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function bind(server: http.Server, socketPath: string): Promise<void> {
  // The socket exists with the mode that the mask leaves for a moment before chmod: nobody else may get in meanwhile.
  const previousMask = process.umask(0o177);
  return new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, () => {
      server.off("error", reject);
      resolve();
    });
  }).finally(() => process.umask(previousMask));
}
