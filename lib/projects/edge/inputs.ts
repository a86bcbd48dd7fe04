import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { isInNetworks, parseNetwork } from "@/lib/gateway/addresses";

const port = z.number("Use a port from 1 to 65535.").int("Use a port from 1 to 65535.").min(1, "Use a port from 1 to 65535.").max(65_535, "Use a port from 1 to 65535.");

/** Longest time that browsers may be told to keep to HTTPS: two years, as the preload list asks for at most. */
const longestHstsSeconds = 63_072_000;

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

/** As typed; `normaliseHostname` judges it. */
const hostname = z.string("Type a name such as panel.example.com.").trim().min(1, "Type a name such as panel.example.com.").max(300, "Use at most 253 characters.");

const network = z.string().trim().max(50, "Use a network such as 10.0.0.0/8.").refine((text) => parseNetwork(text) !== undefined, "Use networks in CIDR form, such as 10.0.0.0/8 or 192.0.2.7/32.");

/** "This network", multicast and reserved (RFC 6890): no machine is reached under them. */
const nobodysNetworks = ["0.0.0.0/8", "224.0.0.0/3", "::/128", "ff00::/8"];

const machineAddress = z
  .union([z.ipv4(), z.ipv6()], { error: "Use IP addresses such as 203.0.113.7." })
  .refine((address) => !isInNetworks(address, nobodysNetworks), "No machine is reached under this address. Use one that others reach, such as 203.0.113.7.");

/** What is left out stays as it is. */
export const editEdgeInput = z.object({
  acme: z
    .object({
      directoryUrl,
      stagingDirectoryUrl: directoryUrl.nullable().default(null).meta({ description: "For the rehearsal before a domain is attached; null: Let's Encrypt's own, or none." }),
      email: z.email("Use a full e-mail address.").max(254).nullable(),
      caRootPem: caRootPem.nullable().default(null),
    })
    .nullable()
    .optional()
    .meta({ description: "Where certificates come from. null: Let's Encrypt." }),
  httpPort: port.optional(),
  httpsPort: port.optional(),
  publicAddresses: z.array(machineAddress).max(10, "Name at most 10 addresses.").optional().meta({ description: "Under which others reach this machine, where it is behind NAT. Empty: those of its interfaces." }),
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
