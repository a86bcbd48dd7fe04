import { toBase64, toHex, utf8 } from "@/lib/stack/encoding";

const rotateLeft = (value: number, bits: number) => (value << bits) | (value >>> (32 - bits));

/**
 * SHA-1, because Envoy's basic_auth accepts htpasswd's `{SHA}` form only, and written out because a rendered
 * configuration is computed synchronously. Nothing else may rest on it.
 */
function sha1(message: Uint8Array): Uint8Array {
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  const padded = padMessage(message);
  for (let offset = 0; offset < padded.byteLength; offset += 64) mixBlock(state, new DataView(padded.buffer, offset, 64));
  const digest = new DataView(new ArrayBuffer(20));
  state.forEach((part, index) => digest.setInt32(index * 4, part));
  return new Uint8Array(digest.buffer);
}

function padMessage(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const padded = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64);
  padded.set(message);
  padded[message.length] = 0x80;
  new DataView(padded.buffer).setBigUint64(padded.length - 8, BigInt(message.length) * BigInt(8));
  return padded;
}

/** Reused between blocks: a configuration of 30 kB has 500 of them and is hashed for every project at every resync. */
const words = new Int32Array(80);

function mixBlock(state: Int32Array, block: DataView): void {
  for (let index = 0; index < 16; index++) words[index] = block.getInt32(index * 4);
  for (let index = 16; index < 80; index++) {
    words[index] = rotateLeft(word(words, index - 3) ^ word(words, index - 8) ^ word(words, index - 14) ^ word(words, index - 16), 1);
  }
  let a = word(state, 0);
  let b = word(state, 1);
  let c = word(state, 2);
  let d = word(state, 3);
  let e = word(state, 4);
  for (let index = 0; index < 80; index++) {
    const next = (rotateLeft(a, 5) + choose(index, b, c, d) + e + (roundConstants[Math.floor(index / 20)] ?? 0) + word(words, index)) | 0;
    e = d;
    d = c;
    c = rotateLeft(b, 30);
    b = a;
    a = next;
  }
  const mixed = [a, b, c, d, e];
  for (let index = 0; index < 5; index++) state[index] = word(state, index) + (mixed[index] ?? 0);
}

const roundConstants = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6];
const word = (list: Int32Array, index: number) => list[index] ?? 0;

function choose(index: number, b: number, c: number, d: number): number {
  if (index < 20) return (b & c) | (~b & d);
  if (index >= 40 && index < 60) return (b & c) | (b & d) | (c & d);
  return b ^ c ^ d;
}

/** One htpasswd line in the form that Envoy reads. */
export function htpasswdLine(username: string, password: string): string {
  return `${username}:{SHA}${toBase64(sha1(utf8(password)))}`;
}

/** Short fingerprint of rendered configuration, to tell versions apart. It protects nothing. */
export function fingerprint(text: string): string {
  return toHex(sha1(utf8(text))).slice(0, 16);
}
