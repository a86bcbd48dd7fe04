"use client";

export type UploadFile = { path: string; contentBase64: string };

const skipped = /(^|\/)(\.git|node_modules|\.DS_Store)(\/|$)/;

/** Files of a folder that the person chose, with paths inside of it. */
export async function readFolder(files: FileList): Promise<UploadFile[]> {
  const wanted = [...files].map((file) => ({ file, path: stripFirst(file.webkitRelativePath || file.name) })).filter(({ path }) => !skipped.test(path));
  return Promise.all(wanted.map(async ({ file, path }) => ({ path, contentBase64: toBase64(new Uint8Array(await file.arrayBuffer())) })));
}

/** Files of a zip archive; a single folder around them is taken off. */
export async function readZip(file: File): Promise<UploadFile[]> {
  const { unzipSync } = await import("fflate");
  const entries = Object.entries(unzipSync(new Uint8Array(await file.arrayBuffer()))).filter(([path]) => !path.endsWith("/") && !skipped.test(path));
  const roots = new Set(entries.map(([path]) => path.split("/")[0]));
  const hasOneRoot = roots.size === 1 && entries.every(([path]) => path.includes("/"));
  return entries.map(([path, content]) => ({ path: hasOneRoot ? stripFirst(path) : path, contentBase64: toBase64(content) }));
}

const stripFirst = (path: string) => (path.includes("/") ? path.slice(path.indexOf("/") + 1) : path);

/** Bytes as base64, in pieces so that a large file does not run out of arguments. */
export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

/** The text of a file, or null when it is not text. */
export function toText(contentBase64: string): string | null {
  const bytes = Uint8Array.from(atob(contentBase64), (character) => character.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
