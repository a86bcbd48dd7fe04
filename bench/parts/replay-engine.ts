/**
 * An engine that only repeats recorded answers: `tsx replay-engine.ts <socket> <answers.json>`. A process of its own, so that what it
 * costs is not counted. The answers are put into bytes once: sending them is all it does.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { z } from "zod";

const [socketPath, answersPath] = process.argv.slice(2);
if (socketPath === undefined || answersPath === undefined) throw new Error("Name the socket and the file with the answers.");
const recorded = z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(answersPath, "utf8")));
const bodies = new Map(Object.entries(recorded).map(([path, answer]) => [path, Buffer.from(JSON.stringify(answer))]));

createServer((request, response) => {
  const path = (request.url ?? "").split("?")[0]?.replace(/^\/v1\.\d+/, "") ?? "";
  const body = bodies.get(path);
  response.writeHead(body === undefined ? 404 : 200, { "content-type": "application/json" });
  response.end(body ?? JSON.stringify({ message: `nothing was recorded for ${path}` }));
}).listen(socketPath, () => process.stdout.write("ready\n"));
