import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { serveRouter, type Router, type ServeOptions } from "./http";

/** A router on a free port of loopback. */
export async function serveForTest(router: Router, options: ServeOptions): Promise<{ url: string; close(): void }> {
  const server = serveRouter(router, options).listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, close };
}
