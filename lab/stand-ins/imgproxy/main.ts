import { describeError, listenUntilSignal, logLine, Router, serveRouter } from "../serving/http";

/** The port of `IMGPROXY_BIND` (`:5001`, `0.0.0.0:8080`). */
function portOf(bind: string): number {
  const port = Number(/:(\d+)$/.exec(bind)?.[1]);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`IMGPROXY_BIND must end in a port, as in ":8080": ${bind}`);
  return port;
}

const port = portOf(process.env.IMGPROXY_BIND ?? ":8080");

async function askHealth(): Promise<void> {
  try {
    const response = await fetch(`http://127.0.0.1:${String(port)}/health`, { signal: AbortSignal.timeout(5_000) });
    if (!response.ok) throw new Error(`/health answered ${String(response.status)}`);
    process.stdout.write(`${await response.text()}\n`);
  } catch (error) {
    process.stderr.write(`${describeError(error)}\n`);
    process.exitCode = 1;
  }
}

function serve(): void {
  const router = new Router().on("GET", "/health", () => ({ status: 200, text: "imgproxy is running" }));
  const server = serveRouter(router, {
    onError: (error) => {
      logLine("error", describeError(error));
      return { status: 500, text: "Internal error" };
    },
    onUnknown: () => ({ status: 501, text: "The lab stand-in of imgproxy does not transform images" }),
  });
  listenUntilSignal(server, port, "0.0.0.0", () => Promise.resolve());
}

const command = process.argv[2];
if (command === "health") void askHealth();
else if (command === undefined) serve();
else {
  process.stderr.write(`unknown command: ${command}\n`);
  process.exitCode = 1;
}
