import { z } from "zod";
import { parseDisplayName } from "@/lib/stack/names";

/** Input schemas of the verbs. Pages, actions and the REST API parse with these, so a rule is said once. */

const serviceName = z.enum(["db", "api-gw", "auth", "rest", "realtime", "storage", "imgproxy", "meta", "functions", "studio", "supavisor"]);

/** A project's reference in URLs, host names and connection strings. */
export const refSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,38}[a-z0-9]$/, "Use 3 to 40 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen.");

const hasControlCharacter = (text: string) => /\p{Cc}/u.test(text);

/** A project's name for people: any script, emoji and quotes included, on one line. */
export const displayNameSchema = z.string().transform((text, context) => {
  const parsed = parseDisplayName(text);
  if (parsed.ok) return parsed.value;
  context.addIssue({ code: "custom", message: parsed.sentence });
  return z.NEVER;
});

const portSchema = z.coerce.number({ error: "A port is a whole number." }).int("A port is a whole number.").min(1024, "Use a port from 1024 to 65535.").max(65535, "Use a port from 1024 to 65535.");

/** An address of the engine's host to listen on. */
export const bindAddressSchema = z.union([z.literal("127.0.0.1"), z.literal("0.0.0.0"), z.ipv4()], {
  error: "Use an IPv4 address of this machine: 127.0.0.1 for this machine only, 0.0.0.0 for everyone.",
});

const webUrl = z
  .url({ protocol: /^https?$/, error: "Use a full address that starts with http:// or https://." })
  .max(2000, "Use at most 2,000 characters.")
  // The parser passes over line breaks inside an address; what is stored must not hold them.
  .regex(/^[^\s\p{Cc}"'<>\\`]+$/u, "Use a full address without spaces, quotes and line breaks.");

/** One entry of the redirect list: a URL that may hold `*` wildcards, as GoTrue allows; commas would split it. */
const redirectUrl = z
  .string()
  .trim()
  .min(1)
  .max(2000, "Use at most 2,000 characters.")
  .regex(/^[a-z][a-z0-9+.-]*:\/\/[^\s\p{Cc},]+$/iu, "Use a full address such as https://app.example.com/**, without spaces or commas.");

const postgresPassword = z
  .string()
  .regex(/^[A-Za-z0-9]{16,64}$/, "Use 16 to 64 letters and digits: the password is placed in connection URLs as it is.");

export const smtpSchema = z.object({
  host: z.string().trim().regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/, "Use a host name or an IP address."),
  port: z.coerce.number({ error: "A port is a whole number." }).int("A port is a whole number.").min(1, "Use a port from 1 to 65535.").max(65535, "Use a port from 1 to 65535."),
  user: z.string().max(200, "Use at most 200 characters.").refine((text) => !hasControlCharacter(text), "Leave out control characters."),
  senderEmail: z.email("Use an e-mail address such as noreply@example.com."),
  senderName: z.string().trim().min(1, "Give the sender a name.").max(100, "Use at most 100 characters.").refine((text) => !hasControlCharacter(text), "Leave out control characters."),
});

export const createProjectInput = z.object({
  displayName: displayNameSchema,
  ref: refSchema.optional(),
  release: z.string().max(40).optional(),
  services: z.array(serviceName).optional(),
  bindAddress: bindAddressSchema.optional(),
  gatewayPort: portSchema.optional(),
  isDirectDatabasePortOpen: z.boolean().optional(),
  postgresPassword: postgresPassword.optional(),
});
export type CreateProjectInput = z.input<typeof createProjectInput>;

export const projectInput = z.object({ ref: refSchema });
export const restartServiceInput = z.object({ ref: refSchema, service: serviceName });
export const deleteProjectInput = z.object({ ref: refSchema, confirmName: z.string().max(200) });

export const editProjectInput = z.object({
  ref: refSchema,
  displayName: displayNameSchema.optional(),
  services: z.array(serviceName).optional(),
  bindAddress: bindAddressSchema.optional(),
  gatewayPort: portSchema.optional(),
  poolerSessionPort: portSchema.optional(),
  poolerTransactionPort: portSchema.optional(),
  isDirectDatabasePortOpen: z.boolean().optional(),
  databasePort: portSchema.optional(),
  publicUrl: webUrl.nullable().optional(),
  siteUrl: webUrl.optional(),
  redirectUrls: z.array(redirectUrl).max(50).optional(),
  /** null takes mail away again. */
  smtp: smtpSchema.nullable().optional(),
  /** Left out: the stored password stays. */
  smtpPassword: z.string().min(1, "Type the password.").max(500, "Use at most 500 characters.").refine((text) => !hasControlCharacter(text), "Leave out line breaks and control characters.").optional(),
  driftPolicy: z.enum(["report", "enforce"]).optional(),
});
export type EditProjectInput = z.input<typeof editProjectInput>;

export const duplicateProjectInput = z.object({ ref: refSchema, displayName: displayNameSchema, newRef: refSchema.optional() });
export type DuplicateProjectInput = z.input<typeof duplicateProjectInput>;

/** Name of an edge function: one path segment. `main` is the router itself. */
export const functionNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "Use lower-case letters, digits, hyphens and underscores, at most 63.")
  .refine((name) => name !== "main" && !name.startsWith("_"), "`main` and names that start with an underscore are taken by the runtime.");

const functionPath = z
  .string()
  .min(1)
  .max(200)
  .refine((path) => !path.startsWith("/") && !path.includes("\\") && !path.split("/").some((part) => part === "" || part === "." || part === ".."), "Use a relative path without `..`.")
  .refine((path) => !hasControlCharacter(path), "Leave out control characters.");

export const maxFunctionSizeBytes = 5 * 1024 * 1024;

export const deployFunctionInput = z
  .object({
    ref: refSchema,
    name: functionNameSchema,
    files: z.array(z.object({ path: functionPath, contentBase64: z.base64() })).min(1, "Add at least one file.").max(200, "Use at most 200 files."),
  })
  .refine((input) => new Set(input.files.map((file) => file.path)).size === input.files.length, { path: ["files"], message: "Two files have the same path." })
  .refine((input) => input.files.some((file) => /^index\.(ts|js|tsx|jsx|mjs)$/.test(file.path)), { path: ["files"], message: "An edge function needs an index.ts (or .js) at its top." })
  .refine((input) => input.files.reduce((sum, file) => sum + file.contentBase64.length * 0.75, 0) <= maxFunctionSizeBytes, { path: ["files"], message: "A function may hold 5 MiB at most." });
export type DeployFunctionInput = z.input<typeof deployFunctionInput>;

export const deleteFunctionInput = z.object({ ref: refSchema, name: functionNameSchema });
export const operationInput = z.object({ operationId: z.string().min(1).max(64) });

export const listProjectsInput = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(500).optional(),
  includeDeleted: z.coerce.boolean().optional(),
});

export const activityFilter = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).optional(),
  projectRef: refSchema.optional(),
  actor: z.string().max(200).optional(),
  action: z.string().max(100).optional(),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
});
export type ActivityFilter = z.input<typeof activityFilter>;
