import { pathToFileURL } from "node:url";
import { deno, interceptServe, provideEdgeRuntime, type RequestHandler } from "./deno";
import { addressHeader, startLine } from "./start-line";

const serve = deno.serve.bind(deno);
let isServing = false;

/** Serves a function's handler on a port of its own and says which. */
function listen(handler: RequestHandler): unknown {
  isServing = true;
  const onListen = ({ port }: { port: number }): void => {
    process.stdout.write(startLine(port));
  };
  return serve({ hostname: "127.0.0.1", port: 0, onListen }, (request, info) => handler(withFirstAddress(request), info));
}

function withFirstAddress(request: Request): Request {
  const address = request.headers.get(addressHeader) ?? request.url;
  const headers = new Headers(request.headers);
  headers.delete(addressHeader);
  const init: RequestInit & { duplex: "half" } = { method: request.method, headers, body: request.body, redirect: "manual", duplex: "half" };
  return new Request(address, init);
}

function handlerOf(module: { default?: { fetch?: unknown } }): RequestHandler | undefined {
  const owner = module.default;
  return typeof owner?.fetch === "function" ? (owner.fetch.bind(owner) as RequestHandler) : undefined;
}

provideEdgeRuntime({
  waitUntil: (work: Promise<unknown>) => {
    work.catch((error: unknown) => {
      console.error(error);
    });
    return work;
  },
});
interceptServe(listen);

const folder = process.argv[2] ?? "";
const module = (await import(pathToFileURL(`${folder}/index.ts`).href)) as { default?: { fetch?: unknown } };
const exported = handlerOf(module);
if (!isServing && exported !== undefined) listen(exported);
if (!isServing) {
  process.stderr.write("the function neither called Deno.serve nor exports a fetch handler\n");
  process.exit(1);
}
