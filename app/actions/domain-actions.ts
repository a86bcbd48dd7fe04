"use server";
import { addDomain as addVerb } from "@/lib/projects/domains/add-domain";
import { attachDomain as attachVerb, removeDomain as removeVerb } from "@/lib/projects/domains/attach-domain";
import { changeDomain as changeVerb, replaceCertificate as replaceVerb } from "@/lib/projects/domains/change-domain";
import { addDomainInput, attachDomainInput, changeDomainInput, domainInput, previewDomainInput, replaceCertificateInput } from "@/lib/projects/domains/inputs";
import { previewDomain as previewVerb } from "@/lib/projects/domains/preview-domain";
import { projectInput } from "@/lib/projects/inputs";
import { action } from "@/lib/server/action";
import { webConfig } from "@/lib/server/web-config";

export const addDomain = action("domain.add", addDomainInput, (ctx, input) => addVerb(ctx, input, { panelUrl: webConfig().url.href }));
export const checkDomain = action("domain.check", domainInput, (ctx, input) => ctx.worker.checkDomain(input));
export const previewDomain = action("domain.preview", previewDomainInput, previewVerb);
export const attachDomain = action("domain.attach", attachDomainInput, attachVerb);
export const changeDomain = action("domain.change", changeDomainInput, changeVerb);
export const replaceCertificate = action("domain.replace-certificate", replaceCertificateInput, replaceVerb);
export const removeDomain = action("domain.remove", domainInput, removeVerb);
export const downloadRoot = action("domain.root", projectInput, (ctx, input) => ctx.worker.internalRoot(input.ref));
