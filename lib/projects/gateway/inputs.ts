import { z } from "zod";
import { kongTextTooLarge, maxKongTextBytes } from "@/lib/gateway/import-kong-limits";
import { refSchema } from "../inputs";

const version = z.string().max(64);

export const draftVersionInput = z.object({ ref: refSchema, version });
/** The document itself is parsed by the route model, which names the field of each problem. */
export const draftInput = z.object({ ref: refSchema, version: version.nullable(), settings: z.unknown() });
export const applyDraftInput = draftVersionInput.extend({
  /** Ids of the warnings that the person has read and confirmed. */
  acknowledged: z.array(z.string().max(300)).max(2_000).default([]),
});
export const revisionInput = z.object({ ref: refSchema, number: z.number().int().min(0) });
/** The importer counts bytes, of which there are at least as many as characters. */
export const importKongInput = z.object({ ref: refSchema, text: z.string().max(maxKongTextBytes, kongTextTooLarge) });
