import { connect, createServer } from "node:net";
import { connectTimeoutMs } from "./limits";

/**
 * True when nothing listens on the address and it can be bound. Asked on the worker's own host. A port below 1024 that only root may
 * bind counts as free when nothing answers on it: it is the engine that will bind it.
 */
export async function isPortFree(hostIp: string, port: number): Promise<boolean> {
  const code = await bindOnce(hostIp, port);
  if (code === null) return true;
  return code === "EACCES" ? !(await doesAnyoneAnswer(hostIp, port)) : false;
}

/** The error code of an attempt to listen; null when it worked. */
function bindOnce(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "unknown"));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

function doesAnyoneAnswer(hostIp: string, port: number): Promise<boolean> {
  const host = hostIp === "0.0.0.0" ? "127.0.0.1" : hostIp === "::" ? "::1" : hostIp;
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: connectTimeoutMs });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => settle(true));
    socket.once("timeout", () => settle(false));
    socket.once("error", () => settle(false));
  });
}
