import { z } from "zod";
import { InvalidError, PanelError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { Endpoint } from "./api/endpoint";

/** The body is larger than the endpoint takes. */
export class TooLargeError extends PanelError {
  readonly status = 413;
  constructor(maxBytes: number) {
    super("too-large", `The body may hold ${maxBytes} bytes at most.`);
  }
}

/** The body as the endpoint's schema makes it, and its text. It is never read further than the endpoint's limit. */
export async function readJsonBody<Body extends z.ZodType>(request: Request, endpoint: Pick<Endpoint<z.ZodObject, z.ZodObject, Body>, "body" | "maxBodyBytes">): Promise<{ body: z.output<Body>; text: string }> {
  if (endpoint.body === null) {
    // No body means that the type parameter is the schema of undefined.
    return { body: undefined as z.output<Body>, text: "" };
  }
  const text = await readText(request, endpoint.maxBodyBytes);
  if (!/^application\/json\s*(;|$)/i.test(request.headers.get("content-type") ?? "")) throw new InvalidError({ input: "Send JSON, with `Content-Type: application/json`." });
  const json = parseJson(text);
  refuseUnknown(endpoint.body, json);
  return { body: parseInput(endpoint.body, json), text };
}

/** A misspelt field that is passed over looks as if it had been taken, or as if another was missing. */
function refuseUnknown(schema: z.ZodType, json: unknown): void {
  const fields = Object.fromEntries(findUnknown(schema, json, []));
  if (Object.keys(fields).length > 0) throw new InvalidError(fields);
}

/** Each unknown field by its path. Schemas that choose, as unions do, say themselves what they do not know. */
function findUnknown(schema: unknown, json: unknown, path: readonly string[]): [string, string][] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) return findUnknown(schema.unwrap(), json, path);
  if (schema instanceof z.ZodArray && Array.isArray(json)) return json.flatMap((item, index) => findUnknown(schema.element, item, [...path, String(index)]));
  if (!(schema instanceof z.ZodObject) || schema.def.catchall !== undefined || typeof json !== "object" || json === null || Array.isArray(json)) return [];
  const shape: Record<string, unknown> = schema.shape;
  const known = Object.keys(shape);
  return Object.entries(json).flatMap(([name, value]) => (known.includes(name) ? findUnknown(shape[name], value, [...path, name]) : [[[...path, name].join("."), `There is no such field. There are: ${known.join(", ")}.`]]));
}

async function readText(request: Request, maxBytes: number): Promise<string> {
  if (request.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let sizeBytes = 0;
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    sizeBytes += part.value.byteLength;
    if (sizeBytes > maxBytes) {
      await reader.cancel();
      throw new TooLargeError(maxBytes);
    }
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidError({ input: "The body is not JSON." });
  }
}
