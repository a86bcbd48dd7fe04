import { toBase64, toHex, utf8 } from "@/lib/stack/encoding";

const rotateLeft = (value: number, bits: number) => (value << bits) | (value >>> (32 - bits));

/**
 * SHA-1, because Envoy's basic_auth accepts htpasswd's `{SHA}` form only, and written out because a rendered
 * configuration is computed synchronously. Nothing else may rest on it.
 */
function sha1(message: Uint8Array): Uint8Array {
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  const padded = padMessage(message);
  for (let offset = 0; offset < padded.byteLength; offset += 64) mixBlock(state, new DataView(padded.buffer, offset, 64));
  const digest = new DataView(new ArrayBuffer(20));
  state.forEach((word, index) => digest.setUint32(index * 4, word >>> 0));
  return new Uint8Array(digest.buffer);
}

function padMessage(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const padded = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64);
  padded.set(message);
  padded[message.length] = 0x80;
  new DataView(padded.buffer).setBigUint64(padded.length - 8, BigInt(message.length) * BigInt(8));
  return padded;
}

function mixBlock(state: number[], block: DataView): void {
  const words = Array.from({ length: 16 }, (_, index) => block.getUint32(index * 4));
  for (let index = 16; index < 80; index++) {
    words.push(rotateLeft((words[index - 3] ?? 0) ^ (words[index - 8] ?? 0) ^ (words[index - 14] ?? 0) ^ (words[index - 16] ?? 0), 1));
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
  words.forEach((word, index) => {
    const [choice, constant] = roundOf(index, b, c, d);
    const next = (rotateLeft(a, 5) + choice + e + constant + word) | 0;
    [a, b, c, d, e] = [next, a, rotateLeft(b, 30), c, d];
  });
  [a, b, c, d, e].forEach((word, index) => (state[index] = ((state[index] ?? 0) + word) | 0));
}

function roundOf(index: number, b: number, c: number, d: number): [choice: number, constant: number] {
  if (index < 20) return [(b & c) | (~b & d), 0x5a827999];
  if (index < 40) return [b ^ c ^ d, 0x6ed9eba1];
  if (index < 60) return [(b & c) | (b & d) | (c & d), 0x8f1bbcdc];
  return [b ^ c ^ d, 0xca62c1d6];
}

/** One htpasswd line in the form that Envoy reads. */
export function htpasswdLine(username: string, password: string): string {
  return `${username}:{SHA}${toBase64(sha1(utf8(password)))}`;
}

/** Short fingerprint of rendered configuration, to tell versions apart. It protects nothing. */
export function fingerprint(text: string): string {
  return toHex(sha1(utf8(text))).slice(0, 16);
}
