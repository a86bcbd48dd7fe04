import { strToU8, zipSync } from "fflate";
import { expect, it } from "vitest";
import { readZip, toBase64, toText } from "./read-upload";

const zipFile = (entries: Record<string, string>) => new File([zipSync(Object.fromEntries(Object.entries(entries).map(([path, text]) => [path, strToU8(text)]))) as BlobPart], "f.zip");

it("a zip with one folder around its files is unpacked without that folder, and never with node_modules or .git", async () => {
  const files = await readZip(zipFile({ "hello/index.ts": "1", "hello/lib/a.ts": "2", "hello/node_modules/x/index.js": "3", "hello/.git/HEAD": "4" }));
  expect(files.map((file) => file.path).sort()).toEqual(["index.ts", "lib/a.ts"]);
});

it("a zip without a folder keeps its paths", async () => {
  expect((await readZip(zipFile({ "index.ts": "1", "lib/a.ts": "2" }))).map((file) => file.path).sort()).toEqual(["index.ts", "lib/a.ts"]);
});

it("text survives the way there and back, whatever its script, and bytes that are no text are not shown as text", () => {
  const text = "export default 'שלום 🙂';\n".repeat(5000);
  expect(toText(toBase64(new TextEncoder().encode(text)))).toBe(text);
  expect(toText(toBase64(new Uint8Array([0xff, 0xfe, 0x00])))).toBeNull();
});
