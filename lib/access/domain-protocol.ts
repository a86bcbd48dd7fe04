import { z } from "zod";

/** What web asks the worker about the domains of a project. */

const ref = z.string().min(1).max(40);

/** POST /check-domain: looks at the name now, keeps what was found, and answers with it. */
export const checkDomainRequest = z.object({ ref, hostname: z.string().min(1).max(300) });

const record = z.object({ type: z.enum(["A", "AAAA", "CNAME"]), name: z.string(), value: z.string() });

export const checkDomainResponse = z.object({
  at: z.string(),
  items: z.array(z.object({ id: z.enum(["dns", "caa", "acme", "port-http", "port-https", "reach-http", "reach-https", "certificate"]), title: z.string(), state: z.enum(["ok", "warn", "stop", "unknown"]), sentence: z.string() })),
  wanted: z.array(record),
  alternative: record.nullable(),
  found: z.array(record),
  nameServers: z.array(z.string()),
  isReady: z.boolean(),
});
export type CheckDomainResponse = z.infer<typeof checkDomainResponse>;

/** GET /internal-root?ref: root certificate of the edge's own authority; null until it issued its first certificate. No secret. */
export const internalRootQuery = z.object({ ref });
export const internalRootResponse = z.object({ pem: z.string().nullable() });
