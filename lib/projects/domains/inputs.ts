import { z } from "zod";
import { refSchema } from "../inputs";

/** A name as a person types it; `normaliseHostname` judges it. */
const typedHostname = z.string().trim().min(1, "Type a name such as api.example.com.").max(300, "Use at most 253 characters.");

const twoYearsSeconds = 63_072_000;
const hstsSeconds = z.number({ error: "Give a number of seconds." }).int("Give whole seconds.").min(0, "Give 0 seconds or more.").max(twoYearsSeconds, "Give at most 63,072,000 seconds, which is two years.").nullable();

const maxPemCharacters = 65_536;
const certificatePem = z.string().max(maxPemCharacters, "Give at most 64 KiB: the certificate and the authorities between it and the root.");
const keyPem = z.string().max(maxPemCharacters, "Give at most 64 KiB.");

const kind = z.enum(["api", "studio"], { error: "Choose api or studio." });

/** `certificatePem` (chain, leaf first) and `keyPem` belong to `uploaded` and to no other. */
export const addDomainInput = z.object({
  ref: refSchema,
  hostname: typedHostname,
  kind: kind.default("api"),
  tls: z.enum(["acme", "uploaded", "internal"], { error: "Choose acme, uploaded or internal." }).default("acme"),
  redirectsHttp: z.boolean().default(true),
  hstsSeconds: hstsSeconds.default(null),
  certificatePem: certificatePem.optional(),
  keyPem: keyPem.optional(),
});
export type AddDomainInput = z.input<typeof addDomainInput>;

export const domainInput = z.object({ ref: refSchema, hostname: typedHostname });

export const previewDomainInput = domainInput.extend({
  act: z.enum(["attach", "remove"]).default("attach"),
  /** Left out: it becomes the main one when it serves the API and the project has no other. */
  isMain: z.boolean().optional(),
});

export const attachDomainInput = domainInput.extend({ isMain: z.boolean().optional() });

export const changeDomainInput = domainInput.extend({ redirectsHttp: z.boolean().optional(), hstsSeconds: hstsSeconds.optional() });

export const replaceCertificateInput = domainInput.extend({ certificatePem, keyPem });
