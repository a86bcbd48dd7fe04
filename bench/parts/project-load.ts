import { ask, type BenchPanel } from "./panel";
import { failuresOf, HeldSocket, underLoad, type SteadyRequest } from "./steady-load";

type Keys = { publishableKey: string; secretKey: string };

/** Where a project is asked, and with what. */
export type LoadedProject = { apiUrl: string; keys: Keys };

export async function findLoadedProject(panel: BenchPanel, ref: string): Promise<LoadedProject> {
  const { apiUrl } = await ask<{ apiUrl: string }>(panel, "GET", `/api/v1/projects/${ref}`);
  const { values } = await ask<{ values: Keys }>(panel, "POST", `/api/v1/projects/${ref}/reveal`, { names: ["publishableKey", "secretKey"] });
  return { apiUrl, keys: values };
}

/** A request to each service that answers an application, in turns. An unknown table answers 404 only to a token that PostgREST verified. */
function requestsWith({ publishableKey, secretKey }: Keys): SteadyRequest[] {
  const asBrowser = { apikey: publishableKey };
  return [
    { path: "/auth/v1/health", headers: asBrowser, status: 200 },
    { path: "/rest/v1/bench_no_such_table?select=*", headers: asBrowser, status: 404 },
    { path: "/storage/v1/bucket", headers: { apikey: secretKey }, status: 200 },
    { path: "/realtime/v1/api/ping", headers: asBrowser, status: 200 },
    { path: "/functions/v1/hello", headers: {}, status: 200 },
    { path: "/auth/v1/settings", headers: asBrowser, status: 200 },
  ];
}

/** Changes something while 200 requests a second run through the project's gateway and a socket of Realtime is open. */
export async function changeUnderLoad<T>({ apiUrl, keys }: LoadedProject, act: () => Promise<T>): Promise<{ value: T; failed: number; isSocketAlive: boolean; words: string }> {
  const socket = await HeldSocket.open(apiUrl, keys.publishableKey);
  try {
    const { value, load } = await underLoad(apiUrl, requestsWith(keys), act);
    const isSocketAlive = await socket.isAlive();
    const { count, words } = failuresOf(load);
    return { value, failed: count, isSocketAlive, words: `${words}, the socket ${isSocketAlive ? "is open" : "was closed"}` };
  } finally {
    socket.close();
  }
}
