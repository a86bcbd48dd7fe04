"use server";
import { z } from "zod";
import { markRecoveryKitSaved as markSavedVerb, recoveryKitSavedInput } from "@/lib/access/recovery-kit";
import { turnEdgeOff, turnEdgeOn } from "@/lib/projects/edge/turn-edge";
import { action } from "@/lib/server/action";

export const showRecoveryKit = action("recovery-kit.show", z.object({}), (ctx) => ctx.worker.recoveryKit());
export const markRecoveryKitSaved = action("recovery-kit.saved", recoveryKitSavedInput, markSavedVerb);
export const turnOnEdge = action("edge.turn-on", z.object({}), turnEdgeOn);
export const turnOffEdge = action("edge.turn-off", z.object({}), turnEdgeOff);
