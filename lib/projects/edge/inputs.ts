import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { parseNetwork } from "@/lib/gateway/addresses";
import { isHostname } from "@/lib/gateway/edge-input";

const port = z.number("Use a port from 1 to 65535.").int("Use a port from 1 to 65535.").min(1, "Use a port from 1 to 65535.").max(65_535, "Use a port from 1 to 65535.");

/** Longest time that browsers may be told to keep to HTTPS: two years, as the preload list asks for at most. */
export const longestHstsSeconds = 63_072_000;

/** A host name as a person types it, in the lower-case ASCII form that certificates hold; null when it is none. */
export function toHostname(text: string): string | null {
  const trimmed = text.trim().replace(/\.$/, "");
  // Only a name: a URL parser would take a port, a path or a user for part of something else.
  if (trimmed === "" || /[\s/\\:@?#%[\]]/.test(trimmed) || !URL.canParse(`http://${trimmed}`)) return null;
  const { hostname } = new URL(`http://${trimmed}`);
  return isHostname(hostname) ? hostname : null;
}

const directoryUrl = z
  .string()
  .trim()
  .max(500, "Use at most 500 characters.")
  .refine((text) => URL.canParse(text) && new URL(text).protocol === "https:" && new URL(text).username === "", "Use the full https:// address of the ACME directory, without a name or password in it.");

const caRootPem = z
  .string()
  .max(20_000, "Use at most 20,000 characters.")
  .refine((text) => isAuthority(text), "Paste one root certificate as PEM, from -----BEGIN CERTIFICATE----- on. It must be an authority's.");

function isAuthority(pem: string): boolean {
  if ((pem.match(/-----BEGIN CERTIFICATE-----/g) ?? []).length !== 1) return false;
  try {
    return new X509Certificate(pem).subject !== "";
  } catch {
    return false;
  }
}

const hostname = z.string("Give the name.").max(300, "Use at most 253 characters.").transform((text, context) => {
  const name = toHostname(text);
  if (name !== null && !name.startsWith("*.")) return name;
  context.addIssue({ code: "custom", message: "Use a host name such as panel.example.com, without https:// and without a port." });
  return z.NEVER;
});

const network = z.string().trim().max(50, "Use a network such as 10.0.0.0/8.").refine((text) => parseNetwork(text) !== undefined, "Use networks in CIDR form, such as 10.0.0.0/8 or 192.0.2.7/32.");

/** What is left out stays as it is. */
export const editEdgeInput = z.object({
  acme: z
    .object({
      directoryUrl,
      email: z.email("Use a full e-mail address.").max(254).nullable(),
      caRootPem: caRootPem.nullable().default(null),
    })
    .nullable()
    .optional()
    .meta({ description: "Where certificates come from. null: Let's Encrypt." }),
  httpPort: port.optional(),
  httpsPort: port.optional(),
  trustedProxies: z.array(network).max(20, "Name at most 20 networks.").optional().meta({ description: "Proxies in front of the edge, whose word on who asks is believed." }),
  panelHost: z
    .object({
      hostname,
      tls: z.enum(["acme", "internal", "none"], { error: "Choose where the certificate comes from." }),
      redirectsHttp: z.boolean().default(true),
      hstsSeconds: z.number().int().min(0, "Use 0 seconds or more.").max(longestHstsSeconds, "Use at most two years.").nullable().default(null),
    })
    .nullable()
    .optional()
    .meta({ description: "The panel's own name at the edge. `tls` none: a proxy in front of the edge ends TLS. null: the panel is reached by its own address alone." }),
});
