import { z } from "zod";

/** What becomes of one user of Studio. `sealed` null: the worker makes a password. */
export const studioUserChange = z.discriminatedUnion("act", [
  z.object({ act: z.literal("set"), id: z.string(), username: z.string(), sealed: z.string().nullable() }),
  z.object({ act: z.literal("remove"), id: z.string(), username: z.string() }),
  /** Another password for the first user, whose name and password are secrets of the project. */
  z.object({ act: z.literal("renew-first") }),
]);
export type StudioUserChange = z.infer<typeof studioUserChange>;

const date = z.coerce.date();

/** A user's row as it was, to go back to; its password is encrypted and bound to the row's id. */
export const storedStudioUser = z.object({ id: z.string(), projectId: z.string(), username: z.string(), passwordCiphertext: z.string(), createdAt: date, updatedAt: date });
export type StoredStudioUser = z.infer<typeof storedStudioUser>;
