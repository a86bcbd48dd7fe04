import { createSocket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import { onTestFinished } from "vitest";

export type Zone = Record<string, { A?: string[]; AAAA?: string[]; NS?: string[]; CNAME?: string; CAA?: { flags?: number; tag: string; value: string }[] }>;

const types = { A: 1, NS: 2, CNAME: 5, AAAA: 28, CAA: 257 } as const;
type Type = keyof typeof types;

/** A name server over UDP that answers from a table, or fails for every name (`rcode` 2: SERVFAIL). Resolves with its port and what it was asked. */
export async function startNameServer(zone: Zone, { rcode = 0, isSilent = false }: { rcode?: number; isSilent?: boolean } = {}): Promise<{ port: number; asked: string[] }> {
  const socket = createSocket("udp4");
  const asked: string[] = [];
  socket.on("message", (query, from) => {
    const { name, type, end } = readQuestion(query);
    asked.push(`${type ?? "?"} ${name}`);
    if (isSilent) return;
    const answers = rcode === 0 && type !== undefined ? answersOf(zone, name, type) : [];
    const isUnknown = rcode === 0 && zone[name] === undefined;
    const header = Buffer.from([query[0] ?? 0, query[1] ?? 0, 0x85, 0x80 | (isUnknown ? 3 : rcode), 0, 1, 0, answers.length, 0, 0, 0, 0]);
    socket.send(Buffer.concat([header, query.subarray(12, end), ...answers]), from.port, from.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  onTestFinished(() => void socket.close());
  return { port: socket.address().port, asked };
}

function readQuestion(query: Buffer): { name: string; type: Type | undefined; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += length + 1;
  }
  const number = query.readUInt16BE(at + 1);
  return { name: labels.join(".").toLowerCase(), type: (Object.keys(types) as Type[]).find((type) => types[type] === number), end: at + 5 };
}

/** As an authoritative server: an alias answers every question, and what it leads to is not followed. */
function answersOf(zone: Zone, name: string, type: Type): Buffer[] {
  const records = zone[name];
  if (records?.CNAME !== undefined) return [record(name, "CNAME", encodeName(records.CNAME))];
  if (type === "CAA") return (records?.CAA ?? []).map(({ flags = 0, tag, value }) => record(name, type, Buffer.concat([Buffer.from([flags, tag.length]), Buffer.from(tag + value)])));
  if (type === "NS") return (records?.NS ?? []).map((host) => record(name, type, encodeName(host)));
  if (type === "CNAME") return [];
  return (records?.[type] ?? []).map((address) => record(name, type, encodeAddress(address)));
}

function record(name: string, type: Type, data: Buffer): Buffer {
  const head = Buffer.alloc(10);
  head.writeUInt16BE(types[type], 0);
  head.writeUInt16BE(1, 2);
  head.writeUInt32BE(60, 4);
  head.writeUInt16BE(data.length, 8);
  return Buffer.concat([encodeName(name), head, data]);
}

const encodeName = (name: string) => Buffer.concat([...name.split(".").map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])), Buffer.from([0])]);

function encodeAddress(address: string): Buffer {
  if (!isIPv6(address)) return Buffer.from(address.split(".").map(Number));
  const [head = "", tail = ""] = address.split("::");
  const parts = (text: string) => (text === "" ? [] : text.split(":").map((part) => Number.parseInt(part, 16)));
  const groups = [...parts(head), ...Array<number>(8 - parts(head).length - parts(tail).length).fill(0), ...parts(tail)];
  return Buffer.from(groups.flatMap((group) => [group >> 8, group & 255]));
}
