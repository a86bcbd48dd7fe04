import { z } from "zod";
import { checkDomainResponse } from "@/lib/access/domain-protocol";
import { addDomainInput, attachDomainInput, changeDomainInput, previewDomainInput, replaceCertificateInput } from "@/lib/projects/domains/inputs";
import { define, queryFlag, refParams } from "./define";
import { maybeStartedSchema, startedSchema } from "./schemas";

const at = z.iso.datetime();
const kind = z.enum(["api", "studio"]);
const tls = z.enum(["acme", "uploaded", "internal"]);

const checkSchema = checkDomainResponse.meta({ id: "DomainCheck", description: "What was found when the name was looked at: an item with the state `stop` keeps it from being attached. `wanted`: the DNS records to create." });
const certificate = z.object({
  names: z.array(z.string()), issuer: z.string(), notBefore: at, notAfter: at, daysLeft: z.number().int(), level: z.enum(["ok", "soon", "urgent", "expired"]), seenAt: at,
  problem: z.string().nullable().meta({ description: "Why it could not be renewed." }),
});
const domain = z.object({
  hostname: z.string(), displayName: z.string(), kind, tls, state: z.enum(["added", "rehearsing", "waiting", "open", "failed"]), stateReason: z.string().nullable(), isMain: z.boolean(), redirectsHttp: z.boolean(), hstsSeconds: z.number().int().nullable(), url: z.string(),
  certificate: certificate.nullable(), check: checkSchema.nullable(), openOperationId: z.string().nullable(), createdAt: at,
});
const domainsSchema = z
  .object({
    ref: z.string(), displayName: z.string(), state: z.string(), publicUrl: z.string(), localUrl: z.string(), services: z.array(z.string()),
    edge: z.object({ isOn: z.boolean(), isBehind: z.boolean(), httpPort: z.number().int(), httpsPort: z.number().int(), authority: z.string(), hasStaging: z.boolean() }),
    domains: z.array(domain), openOperationId: z.string().nullable(), mayEdit: z.boolean(), mayCheck: z.boolean(),
  })
  .meta({ id: "Domains" });

const change = z.object({ name: z.string(), before: z.string(), after: z.string() });
const previewSchema = z
  .object({ hostname: z.string(), act: z.enum(["attach", "remove"]), isMain: z.boolean(), settings: z.array(change), variables: z.array(change), restarts: z.array(z.string()), notes: z.array(z.string()), irreversible: z.array(z.string()) })
  .meta({ id: "DomainPreview", description: "What would change: settings, the variables that services are given, and the services that are replaced for it." });

const path = "/api/v1/projects/{ref}/domains";
const params = refParams.extend({ hostname: z.string().min(1).max(300).meta({ description: "The domain's name. The star of a wildcard is written %2A." }) });
const previewQuery = z.object({ act: previewDomainInput.shape.act, isMain: queryFlag.optional() });
const undone = "What fails or is cancelled goes back, and the domain says why.";
const attached = attachDomainInput.omit({ ref: true, hostname: true });
const pemBytes = 512 * 1024;

export const domainEndpoints = {
  listDomains: define({ name: `GET ${path}`, tag: "Domains", summary: "Domains of a project, with certificate and last check", params: refParams, answer: domainsSchema }),
  addDomain: define({
    name: `POST ${path}`, tag: "Domains", summary: "Add a domain", description: "Nothing of it is served until it is attached. 409 `edge-off` without an edge, `name-taken` for a name that any project has.",
    params: refParams, body: addDomainInput.omit({ ref: true }), status: 201, answer: z.object({ hostname: z.string() }).meta({ id: "AddedDomain" }), maxBodyBytes: pemBytes,
  }),
  changeDomain: define({ name: `PATCH ${path}/{hostname}`, tag: "Domains", summary: "Change the HTTP redirect and HSTS of a domain", params, body: changeDomainInput.omit({ ref: true, hostname: true }), status: 202, answer: maybeStartedSchema }),
  removeDomain: define({ name: `DELETE ${path}/{hostname}`, tag: "Domains", summary: "Remove a domain, and take back what it changed", params, status: 202, answer: maybeStartedSchema }),
  checkDomain: define({ name: `POST ${path}/{hostname}/check`, tag: "Domains", summary: "Look at a domain's DNS records, ports and CAA now", params, answer: checkSchema, repetition: "none" }),
  previewDomain: define({ name: `GET ${path}/{hostname}/preview`, tag: "Domains", summary: "What attaching or removing a domain would change", params, query: previewQuery, answer: previewSchema }),
  attachDomain: define({ name: `POST ${path}/{hostname}/attach`, tag: "Domains", summary: "Get the certificate, tell the services, and open the name", description: `One operation: looked at, rehearsed, certified, verified, told, opened, proven. ${undone}`, params, body: attached, status: 202, answer: startedSchema }),
  replaceCertificate: define({ name: `PUT ${path}/{hostname}/certificate`, tag: "Domains", summary: "Serve a domain with an uploaded certificate", description: `In place of one like it, or of one that the edge got. The name stays open. ${undone}`, params, body: replaceCertificateInput.omit({ ref: true, hostname: true }), status: 202, answer: maybeStartedSchema, maxBodyBytes: pemBytes }),
  internalRoot: define({ name: "GET /api/v1/projects/{ref}/internal-root.pem", tag: "Domains", summary: "Root certificate of the edge's own authority", description: "For machines that are to trust domains of the kind `internal`. 404 until it issued its first certificate.", params: refParams, media: { type: "application/x-pem-file", description: "One certificate as PEM. It is no secret." } }),
};
