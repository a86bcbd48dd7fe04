import { edgeProof } from "@/lib/access/edge-proof";
import { refusePlainHttp } from "@/lib/access/panel-address";
import { installClientAddress, trustedProxies } from "./client-address";
import { webLog } from "./log";
import { closeAllStreams } from "./open-streams";
import { webConfig } from "./web-config";
import { webSecret } from "./web-secret";

/** Checks what web needs before it serves anything; without it the process ends with a sentence that says what is missing. */
export function startWeb(): void {
  try {
    const config = webConfig();
    const refusal = refusePlainHttp({ url: config.url.href, listenAddress: config.listenAddress, isBehindTlsProxy: config.isBehindTlsProxy });
    if (refusal !== null) throw new Error(refusal);
    process.env["NEXTAUTH_URL"] = config.url.origin;
    installClientAddress(trustedProxies(config.trustedProxies), edgeProof(webSecret()));
  } catch (error) {
    webLog().fatal({ err: error }, error instanceof Error ? error.message : "The web process cannot start.");
    process.exit(1);
  }
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, endSoon);
}

/** Answers under way get this long. A browser keeps its connection and asks anew over it, for which Next would wait for ever. */
const lastAnswersMs = 5_000;

function endSoon(): void {
  closeAllStreams();
  setTimeout(() => process.exit(0), lastAnswersMs).unref();
}
