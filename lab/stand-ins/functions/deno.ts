/** The few things of Deno that the stand-in uses; everything else comes from `node:` modules, which Deno has too. */

export type RequestHandler = (request: Request, info?: unknown) => Response | Promise<Response>;

export interface ServeOptions {
  port?: number;
  hostname?: string;
  onListen?(address: { hostname: string; port: number }): void;
}

export interface DenoGlobal {
  execPath(): string;
  serve(options: ServeOptions, handler: RequestHandler): unknown;
}

type ServeArguments = [RequestHandler] | [ServeOptions & { handler?: RequestHandler }, RequestHandler?];

/** Where programs meant for edge-runtime look for it. */
type Globals = { Deno: DenoGlobal & { serve: (...args: ServeArguments) => unknown }; EdgeRuntime?: unknown };

const globals = globalThis as unknown as Globals;

export const deno: DenoGlobal = globals.Deno;

/** Gives programs that are loaded after this an `EdgeRuntime`. */
export function provideEdgeRuntime(value: unknown): void {
  globals.EdgeRuntime = value;
}

/** Sends every later call of `Deno.serve` to `serve`, whatever form the program calls it in. */
export function interceptServe(serve: (handler: RequestHandler) => unknown): void {
  globals.Deno.serve = (...args: ServeArguments): unknown => {
    const [first, second] = args;
    const handler = typeof first === "function" ? first : (second ?? first.handler);
    if (handler === undefined) throw new TypeError("Deno.serve needs a handler");
    return serve(handler);
  };
}
