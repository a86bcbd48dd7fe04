import { z } from "zod";
import { refSchema } from "../inputs";
import { rotatableKeys } from "./key-settings";

const kind = z.enum(rotatableKeys, { error: "Choose the publishable or the secret key." });
const longestOverlapHours = 720;

export const rotateKeyInput = z.object({
  ref: refSchema,
  kind,
  /** How long the old key stays valid; 0: it ends once the services have the new one. */
  overlapHours: z.number({ error: "Give a number of hours." }).int("Give whole hours.").min(0, "Give 0 hours or more.").max(longestOverlapHours, `Give at most ${longestOverlapHours} hours.`),
});
export const endOverlapInput = z.object({ ref: refSchema, kind });
export const legacyKeysInput = z.object({
  ref: refSchema,
  isOff: z.boolean(),
  /** Said by who has seen that the keys were used within the last week. */
  acknowledgesUse: z.boolean().default(false),
});
export const rotateJwtInput = z.object({ ref: refSchema, confirmName: z.string().max(200), withSigningPair: z.boolean().default(false) });
