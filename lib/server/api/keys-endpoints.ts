import { z } from "zod";
import { endOverlapInput, legacyKeysInput, rotateJwtInput, rotateKeyInput } from "@/lib/projects/keys/inputs";
import { define, refParams } from "./define";
import { startedSchema } from "./schemas";

const at = z.iso.datetime();
const uses = z.object({
  requestsLastDay: z.number(), requestsLastWeek: z.number(),
  callers: z.array(z.object({ routeId: z.string(), path: z.string().nullable(), network: z.string(), userAgent: z.string(), requests: z.number(), lastAt: at })),
});
const keysSchema = z
  .object({
    ref: z.string(), displayName: z.string(), state: z.string(), services: z.array(z.string()),
    keys: z.array(
      z.object({
        kind: z.enum(["publishable", "secret", "legacy-anon", "legacy-service"]), secret: z.enum(["publishableKey", "secretKey", "anonKey", "serviceRoleKey"]), label: z.string(), role: z.enum(["anon", "service_role"]), use: z.string(),
        isValid: z.boolean(), madeAt: at.nullable(), previous: z.object({ replacedAt: at, endsAt: at.nullable() }).nullable(), uses: uses.nullable(),
      }),
    ),
    legacy: z.enum(["on", "leaving", "off"]), jwtSecretMadeAt: at.nullable(), signingPairMadeAt: at.nullable(), openOperationId: z.string().nullable(), mayRotate: z.boolean(), mayReveal: z.boolean(),
  })
  .meta({ id: "Keys", description: "Holds no key; `secret` is the name under which one is revealed." });

const path = "/api/v1/projects/{ref}/keys";
const undone = "What fails or is cancelled brings the earlier keys back.";

export const keysEndpoints = {
  getKeys: define({ name: `GET ${path}`, tag: "Keys", summary: "API keys: age, state, and who still uses legacy ones", params: refParams, answer: keysSchema }),
  rotateKey: define({
    name: `POST ${path}/rotate`, tag: "Keys", summary: "Make a new publishable or secret key", description: `The old one stays valid for \`overlapHours\` and is then ended by the panel. ${undone} Refused with 409 \`overlap-open\` while the key before is still valid.`,
    params: refParams, body: rotateKeyInput.omit({ ref: true }), status: 202, answer: startedSchema,
  }),
  endKeyOverlap: define({ name: `POST ${path}/end-overlap`, tag: "Keys", summary: "End the key that was replaced, before its time", params: refParams, body: endOverlapInput.omit({ ref: true }), status: 202, answer: startedSchema }),
  switchLegacyKeys: define({
    name: `POST ${path}/legacy`, tag: "Keys", summary: "Switch the legacy anon and service_role keys off, or on again", description: `When one was used within the last 7 days, 409 \`in-use\` unless \`acknowledgesUse\` is true. ${undone}`,
    params: refParams, body: legacyKeysInput.omit({ ref: true }), status: 202, answer: startedSchema,
  }),
  rotateJwtSecret: define({
    name: `POST ${path}/rotate-jwt`, tag: "Keys", summary: "Replace the JWT secret, and on request the signing pair", description: `Ends the legacy keys, tokens signed with the secret and signed links; with a new pair every access token. ${undone} Once done it cannot be taken back.`,
    params: refParams, body: rotateJwtInput.omit({ ref: true }), status: 202, answer: startedSchema,
  }),
};
