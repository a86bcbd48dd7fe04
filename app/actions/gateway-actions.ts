"use server";
import { applyGatewayDraft, restoreGatewayRevision } from "@/lib/projects/gateway/apply-draft";
import { previewKongImport } from "@/lib/projects/gateway/import-kong-file";
import { applyDraftInput, draftInput, draftVersionInput, importKongInput, revisionInput } from "@/lib/projects/gateway/inputs";
import { discardGatewayDraft, saveGatewayDraft } from "@/lib/projects/gateway/save-draft";
import { endGatewayBeside, switchGateway, switchInput } from "@/lib/projects/gateway/switch-gateway";
import { projectInput } from "@/lib/projects/inputs";
import { action } from "@/lib/server/action";

export const saveDraft = action("gateway.save-draft", draftInput, saveGatewayDraft);
export const discardDraft = action("gateway.discard-draft", draftVersionInput, discardGatewayDraft);
export const applyDraft = action("gateway.apply", applyDraftInput, applyGatewayDraft);
export const restoreRevision = action("gateway.restore", revisionInput, restoreGatewayRevision);
export const switchTo = action("gateway.switch", switchInput, switchGateway);
export const endBeside = action("gateway.end-beside", projectInput, endGatewayBeside);
export const importKong = action("gateway.import", importKongInput, previewKongImport);
