import { asRecord } from "../serving/http";

/** One message of the Phoenix protocol. */
export interface Message {
  joinRef: string | null;
  ref: string | null;
  topic: string;
  event: string;
  payload: Record<string, unknown>;
  /** A broadcast whose content is not JSON. */
  binary?: Uint8Array;
}

export type Version = "1.0.0" | "2.0.0";

const pushKind = 3;
const broadcastKind = 4;
const jsonEncoding = 1;
const binaryEncoding = 0;

/** Thrown for frames that are not of the protocol. */
export class MalformedFrame extends Error {}

/** The serializer that a socket asked for by `vsn`; the first one is what clients mean that do not ask. */
export function readVersion(vsn: string | null): Version {
  return vsn === "2.0.0" ? "2.0.0" : "1.0.0";
}

/** Reads a text frame: an object in version 1, an array in version 2. */
export function decodeText(version: Version, text: string): Message {
  const value = parseJson(text);
  const [joinRef, ref, topic, event, payload] = version === "2.0.0" ? fieldsOfArray(value) : fieldsOfObject(asRecord(value));
  if (typeof topic !== "string" || typeof event !== "string") throw new MalformedFrame("a message needs a topic and an event");
  return { joinRef: textOrNull(joinRef), ref: textOrNull(ref), topic, event, payload: asRecord(payload) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MalformedFrame("a text frame must be JSON");
  }
}

function fieldsOfArray(value: unknown): unknown[] {
  if (!Array.isArray(value) || value.length !== 5) throw new MalformedFrame("a message of version 2.0.0 is an array of five");
  return value;
}

function fieldsOfObject(value: Record<string, unknown>): unknown[] {
  return [value.join_ref, value.ref, value.topic, value.event, value.payload];
}

function textOrNull(value: unknown): string | null {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? value : null;
}

/**
 * Reads a binary frame, which only a pushed broadcast is: kind 3, five lengths of one byte each (join ref, ref, topic,
 * event, metadata), the encoding of the content, then those fields and the content.
 */
export function decodeBinary(frame: Uint8Array): Message {
  if (frame.length < 7 || frame[0] !== pushKind) throw new MalformedFrame("a binary frame must be a pushed broadcast");
  const lengths = [...frame.subarray(1, 6)];
  const encoding = frame[6];
  let offset = 7;
  const [joinRef = "", ref = "", topic = "", event = "", metadata = ""] = lengths.map((length) => {
    const part = frame.subarray(offset, offset + length);
    offset += length;
    return new TextDecoder().decode(part);
  });
  if (offset > frame.length) throw new MalformedFrame("a binary frame is shorter than its lengths say");
  const content = frame.subarray(offset);
  const payload: Record<string, unknown> = { type: "broadcast", event };
  if (metadata !== "") payload.meta = parseJson(metadata);
  if (encoding === jsonEncoding) payload.payload = parseJson(new TextDecoder().decode(content));
  const message: Message = { joinRef: joinRef || null, ref: ref || null, topic, event: "broadcast", payload };
  return encoding === binaryEncoding ? { ...message, binary: content.slice() } : message;
}

/** The frame for a message in a socket's version. */
export function encode(version: Version, message: Message): string | Uint8Array {
  if (version === "2.0.0" && message.binary !== undefined) return encodeBroadcast(message, message.binary);
  if (version === "2.0.0") return JSON.stringify([message.joinRef, message.ref, message.topic, message.event, message.payload]);
  const { topic, event, payload, ref, joinRef } = message;
  return JSON.stringify({ topic, event, payload, ref, ...(joinRef === null ? {} : { join_ref: joinRef }) });
}

/** Kind 4: three lengths (topic, event, metadata), the encoding, then those fields and the content. */
function encodeBroadcast(message: Message, content: Uint8Array): Uint8Array {
  const meta = message.payload.meta === undefined ? "" : JSON.stringify(message.payload.meta);
  const parts = [message.topic, String(message.payload.event ?? ""), meta].map((part) => new TextEncoder().encode(part));
  for (const part of parts) if (part.length > 255) throw new MalformedFrame("a field of a broadcast is longer than 255 bytes");
  return Buffer.concat([Uint8Array.of(broadcastKind, ...parts.map((part) => part.length), binaryEncoding), ...parts, content]);
}
