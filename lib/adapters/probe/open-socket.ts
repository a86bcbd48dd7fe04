import { randomBytes } from "node:crypto";
import { request as requestHttp, type IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import type { ContractRoute } from "@/lib/gateway/contract";
import { snippetCharacters } from "./limits";
import { routeOptions } from "./route-options";

/** Asks for a WebSocket and says how the server answered: 101 when it accepts. The socket is closed at once. */
export function openSocket(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal, route?: ContractRoute): Promise<{ status: number; bodySnippet: string }> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const upgrade = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13", "sec-websocket-key": randomBytes(16).toString("base64") };
    const request = send(url, { ...(route === undefined ? {} : routeOptions(route)), agent: false, headers: { ...headers, ...upgrade }, signal });
    request.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 101, bodySnippet: "" });
    });
    request.on("response", (response) => {
      readSnippet(response).then((bodySnippet) => resolve({ status: response.statusCode ?? 0, bodySnippet }), reject);
    });
    request.on("error", reject);
    request.end();
  });
}

async function readSnippet(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) {
    text += String(chunk);
    if (text.length >= snippetCharacters) break;
  }
  return text.slice(0, snippetCharacters);
}
