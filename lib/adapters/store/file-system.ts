import { statfs } from "node:fs/promises";
import { MigrationError } from "./migrations";

/** Magic numbers of file systems that are shared over a network: their locks do not protect a SQLite file (seen to corrupt it). */
const networkFileSystems: Readonly<Record<number, string>> = {
  0x6969: "NFS",
  0x517b: "SMB",
  0xff534d42: "CIFS",
  0xfe534d42: "SMB",
  0x73757245: "Coda",
  0x5346414f: "AFS",
  0x00c36400: "Ceph",
};

/** Throws when the folder lies on a network file system. */
export async function requireLocalFileSystem(folder: string, read: (path: string) => Promise<{ type: number }> = statfs): Promise<void> {
  const name = networkFileSystems[(await read(folder)).type >>> 0];
  if (name !== undefined) throw new MigrationError(`${folder} lies on ${name}. A SQLite store is damaged there sooner or later: put BASEHOLD_DATA on a local disk, or use PostgreSQL.`);
}
