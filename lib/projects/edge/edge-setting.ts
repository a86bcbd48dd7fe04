import { z } from "zod";
import type { Db } from "@/lib/adapters/store/types";
import type { EdgeAcme } from "@/lib/gateway/edge-input";
import { readSetting } from "../installation";

export const edgeSettingKey = "edge";

const port = z.number().int().min(1).max(65_535);

const acmeSchema = z.object({
  directoryUrl: z.url({ protocol: /^https$/ }),
  /** Where the authority writes to before a certificate ends, or when something is wrong. */
  email: z.email().nullable(),
  /** PEM of the roots by which the ACME server itself and what it issues are known, where no public authority signed them; one or several. */
  caRootPem: z.string().nullable().default(null),
  /** Where an order is rehearsed before it is placed; null: the server has no such directory. */
  stagingDirectoryUrl: z.url({ protocol: /^https$/ }).nullable().default(null),
});

const panelHostSchema = z.object({
  /** Lower-case ASCII. */
  hostname: z.string(),
  /** `none`: a proxy in front of the edge ends TLS. */
  tls: z.enum(["acme", "internal", "none"]),
  redirectsHttp: z.boolean(),
  /** null: no HSTS. */
  hstsSeconds: z.number().int().nonnegative().nullable(),
});

export const edgeSettingSchema = z.object({
  isOn: z.boolean(),
  /** When it was turned on or off last, ISO 8601: a project that could not follow is not moved again by itself. */
  changedAt: z.iso.datetime().nullable().default(null),
  /** null: Let's Encrypt, without an address for its notices. */
  acme: acmeSchema.nullable(),
  /** Where names are served; other ports than 80 and 443 only behind something that forwards to them. */
  httpPort: port.default(80),
  httpsPort: port.default(443),
  /** Addresses under which others reach this machine, where they are not those of its interfaces: it is behind NAT. */
  publicAddresses: z.array(z.union([z.ipv4(), z.ipv6()])).default([]),
  /** CIDR networks of proxies in front of the edge, whose word on who asks is believed. */
  trustedProxies: z.array(z.string()).default([]),
  /** The panel's own name; null: it is reached by its own address alone. */
  panelHost: panelHostSchema.nullable().default(null),
});

export type EdgeSetting = z.infer<typeof edgeSettingSchema>;
export type PanelHost = z.infer<typeof panelHostSchema>;

/** What a person may change of the edge, beside turning it on and off. */
export const edgeChangeSchema = edgeSettingSchema.pick({ acme: true, httpPort: true, httpsPort: true, publicAddresses: true, trustedProxies: true, panelHost: true });
export type EdgeChange = z.infer<typeof edgeChangeSchema>;

export const letsEncrypt = { directoryUrl: "https://acme-v02.api.letsencrypt.org/directory", stagingDirectoryUrl: "https://acme-staging-v02.api.letsencrypt.org/directory" } as const;

/** What the installation wants of its edge: none, unless somebody turned it on. */
export async function readEdgeSetting(db: Db): Promise<EdgeSetting> {
  return (await readSetting(db, edgeSettingKey, (json) => edgeSettingSchema.parse(json))) ?? edgeSettingSchema.parse({ isOn: false, acme: null });
}

/** The ACME server of the edge. Of Let's Encrypt the staging directory is known; of another only what was said of it. */
export function acmeOf({ acme }: EdgeSetting): EdgeAcme {
  const directoryUrl = acme?.directoryUrl ?? letsEncrypt.directoryUrl;
  const known = directoryUrl === letsEncrypt.directoryUrl ? letsEncrypt.stagingDirectoryUrl : null;
  return { directoryUrl, stagingDirectoryUrl: acme?.stagingDirectoryUrl ?? known, email: acme?.email ?? null, caRootPem: acme?.caRootPem ?? null };
}

/** Who issues certificates, as people call it. `onlyPublic`: for names of the public DNS and nobody else. */
export function authorityOf(setting: EdgeSetting): { name: string; onlyPublic: boolean } {
  const { directoryUrl } = acmeOf(setting);
  return directoryUrl === letsEncrypt.directoryUrl ? { name: "Let's Encrypt", onlyPublic: true } : { name: new URL(directoryUrl).host, onlyPublic: false };
}
