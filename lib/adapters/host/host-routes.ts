import { readFile } from "node:fs/promises";

/** CIDRs that this host routes, without the default route. Empty where /proc/net/route cannot be read. */
export async function readHostRoutes(path = "/proc/net/route"): Promise<string[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  return parseRoutes(text);
}

/** Parses the kernel's table: addresses are little-endian hexadecimal. */
export function parseRoutes(text: string): string[] {
  return text
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [, destination, , , , , , mask] = line.trim().split(/\s+/);
      if (destination === undefined || mask === undefined || destination === "00000000") return [];
      return [`${toDotted(destination)}/${countBits(mask)}`];
    });
}

function toDotted(littleEndianHex: string): string {
  const bytes = littleEndianHex.match(/../g) ?? [];
  return bytes.reverse().map((byte) => Number.parseInt(byte, 16)).join(".");
}

function countBits(littleEndianHex: string): number {
  return [...Number.parseInt(littleEndianHex, 16).toString(2)].filter((bit) => bit === "1").length;
}
