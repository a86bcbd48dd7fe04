import { z } from "zod";
import { gatewaySettingsSchema } from "@/lib/gateway/route-model";
import { applyDraftInput, draftVersionInput, importKongInput } from "@/lib/projects/gateway/inputs";
import { define, refParams } from "./define";
import { draftVersionSchema, emptySchema, gatewaySchema, kongImportSchema, startedRevisionSchema } from "./schemas";

const version = z.string().max(64).nullable().meta({ description: "That of the draft you saw; null where there was none. A save that has not seen somebody else's is refused." });
/** 1,000 routes with everything that can be said of them. */
const maxSettingsBytes = 4 * 2 ** 20;

export const routesEndpoints = {
  getGateway: define({
    name: "GET /api/v1/projects/{ref}/gateway", tag: "Gateway", summary: "Routes in force, the draft against them, and every revision",
    description: "The draft's changes come in words, with the warnings that have to be confirmed before it is applied.", params: refParams, answer: gatewaySchema,
  }),
  saveGatewayDraft: define({
    name: "PUT /api/v1/projects/{ref}/gateway/draft", tag: "Gateway", summary: "Keep a draft of the routes", description: "Nothing is in force before it is applied. A draft that changes nothing is taken away.",
    params: refParams, body: z.object({ settings: gatewaySettingsSchema, version }), answer: draftVersionSchema, maxBodyBytes: maxSettingsBytes,
  }),
  discardGatewayDraft: define({ name: "DELETE /api/v1/projects/{ref}/gateway/draft", tag: "Gateway", summary: "Throw the draft away", params: refParams, body: draftVersionInput.omit({ ref: true }), answer: emptySchema }),
  applyGatewayDraft: define({
    name: "POST /api/v1/projects/{ref}/gateway/draft/apply", tag: "Gateway", summary: "Put the draft in force",
    description: "The gateway's own checker validates it, the version in force is read back, contract and changed routes are proven. What fails leaves the last good revision in force and the draft to be mended. Warnings not named in `acknowledged` stop it with 409 `warnings`, whose `fields` name each as `acknowledged.{id}`.",
    params: refParams, body: applyDraftInput.omit({ ref: true }), status: 202, answer: startedRevisionSchema,
  }),
  importKong: define({
    name: "POST /api/v1/projects/{ref}/gateway/import", tag: "Gateway", summary: "Read a kong.yml as routes",
    description: "Changes nothing: the routes that it becomes, what could not be carried over and why, and the draft with both. A file that cannot be read is refused with its line and column.",
    params: refParams, body: importKongInput.omit({ ref: true }), answer: kongImportSchema, repetition: "none", maxBodyBytes: maxSettingsBytes,
  }),
  restoreGatewayRevision: define({
    name: "POST /api/v1/projects/{ref}/gateway/revisions/{number}/restore", tag: "Gateway", summary: "Bring an earlier revision back as a draft",
    params: refParams.extend({ number: z.coerce.number().int().min(0).meta({ description: "0: the release's own routes." }) }), answer: draftVersionSchema,
  }),
};
