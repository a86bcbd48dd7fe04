import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { openStore } from "./open-store";
import { startPostgres, type PostgresServer } from "./postgres-server.fixture";
import type { Store } from "./types";

type Scene = { store: Store; close(): Promise<void> };

/** Runs each test of the file on an empty PostgreSQL database: a scene on it, and its store opened once more as a second process would. */
export function onPostgres<S extends Scene>(openScene: (options: { storeUrl: string }) => Promise<S>): { readonly scene: S; readonly another: Store } {
  let server: PostgresServer;
  let opened: { scene: S; another: Store };
  beforeAll(async () => void (server = await startPostgres()));
  afterAll(() => server.stop());
  beforeEach(async () => {
    const storeUrl = await server.createDatabase();
    opened = { scene: await openScene({ storeUrl }), another: await openStore({ url: storeUrl }) };
  });
  afterEach(async () => {
    await opened.another.close();
    await opened.scene.close();
  });
  return {
    get scene() {
      return opened.scene;
    },
    get another() {
      return opened.another;
    },
  };
}
