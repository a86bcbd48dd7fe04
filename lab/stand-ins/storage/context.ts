import type { Database } from "../serving/database";
import { asRecord, describeError, readBody, type Call } from "../serving/http";
import type { StorageConfig } from "./config";
import { invalid } from "./errors";
import type { FileBackend } from "./files";

export interface StorageContext {
  config: StorageConfig;
  database: Database;
  files: FileBackend;
}

const jsonLimitBytes = 1024 * 1024;

/** The fields of a JSON body. */
export async function readFields(call: Call): Promise<Record<string, unknown>> {
  const body = await readBody(call.message, jsonLimitBytes);
  if (body.length === 0) return {};
  try {
    return asRecord(JSON.parse(body.toString("utf8")));
  } catch (error) {
    throw invalid(`body is not JSON: ${describeError(error)}`);
  }
}

/** A field that must be a text. */
export function requireText(fields: Record<string, unknown>, name: string): string {
  const value = fields[name];
  if (typeof value !== "string" || value === "") throw invalid(`body must have required property '${name}'`);
  return value;
}

/** A field that must be a list of texts. */
export function requireTexts(fields: Record<string, unknown>, name: string): string[] {
  const value = fields[name];
  if (!Array.isArray(value) || value.length === 0 || value.length > 1_000) throw invalid(`body must have required property '${name}' with 1 to 1000 items`);
  return value.map((item) => {
    const path: unknown = typeof item === "string" ? item : asRecord(item).path;
    if (typeof path !== "string") throw invalid(`body/${name} must be strings`);
    return path;
  });
}
