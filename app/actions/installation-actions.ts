"use server";
import { z } from "zod";
import { markRecoveryKitSaved as markSavedVerb, recoveryKitSavedInput } from "@/lib/access/recovery-kit";
import { editEdge as editEdgeVerb } from "@/lib/projects/edge/edit-edge";
import { editEdgeInput } from "@/lib/projects/edge/inputs";
import { turnEdgeOff, turnEdgeOn } from "@/lib/projects/edge/turn-edge";
import { action } from "@/lib/server/action";
import { webConfig } from "@/lib/server/web-config";

export const showRecoveryKit = action("recovery-kit.show", z.object({}), (ctx) => ctx.worker.recoveryKit());
export const markRecoveryKitSaved = action("recovery-kit.saved", recoveryKitSavedInput, markSavedVerb);
export const turnOnEdge = action("edge.turn-on", z.object({}), turnEdgeOn);
export const turnOffEdge = action("edge.turn-off", z.object({}), turnEdgeOff);
export const editEdge = action("edge.edit", editEdgeInput, (ctx, input) => editEdgeVerb(ctx, input, { panelPort: webConfig().port }));
