import { z } from "zod";
import { parseNetwork } from "@/lib/gateway/addresses";
import { refSchema } from "../inputs";

/** A path of Studio to open, with its query; never another host. */
const studioPath = z.string().max(2000).regex(/^\/(?![/\\])[\x21-\x7e]*$/, "Start with a single slash, without spaces.");

export const openStudioInput = z.object({ ref: refSchema, path: studioPath.optional() });

const rowId = z.string().min(1).max(64);
/** Without `sessionId` every session of the project. */
export const endStudioSessionsInput = z.object({ ref: refSchema, sessionId: rowId.optional() });

/** As htpasswd and HTTP's basic authentication take it: a colon would end the name. */
export const studioUsernameSchema = z
  .string()
  .min(1, "Type a user name.")
  .max(64, "Use at most 64 characters.")
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@+-]*$/, "Use letters, digits and . _ @ + -, starting with a letter or digit.");

const passwordSchema = z
  .string()
  .min(12, "Use at least 12 characters.")
  .max(200, "Use at most 200 characters.")
  .regex(/^[\x20-\x7e]*$/, "Use letters, digits, spaces and signs of a plain keyboard: browsers do not agree on others.");

/** Left out: the worker makes one, to be revealed. */
const password = passwordSchema.optional();

export const addStudioUserInput = z.object({ ref: refSchema, username: studioUsernameSchema, password });
export const changeStudioUserInput = z.object({ ref: refSchema, username: studioUsernameSchema, password });
export const removeStudioUserInput = z.object({ ref: refSchema, username: studioUsernameSchema });
export const revealStudioUserInput = z.object({ ref: refSchema, username: studioUsernameSchema });

const network = z.string().trim().refine((text) => parseNetwork(text) !== undefined, "Use addresses or networks such as 203.0.113.7 or 203.0.113.0/24, without bits set beyond the prefix.");

export const studioSettingsInput = z.object({
  ref: refSchema,
  /** null: anyone. */
  allowedNetworks: z.array(network).min(1, "Name at least one network, or take the list away.").max(200, "Use at most 200 networks.").nullable().optional(),
  isOnApiNames: z.boolean().optional(),
  isOnLocalAddress: z.boolean().optional(),
});
