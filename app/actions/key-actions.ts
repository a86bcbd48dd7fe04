"use server";
import { endOverlapInput, legacyKeysInput, rotateJwtInput, rotateKeyInput } from "@/lib/projects/keys/inputs";
import { endKeyOverlap, rotateJwtSecret, rotateKey, switchLegacyKeys } from "@/lib/projects/keys/rotate-keys";
import { action } from "@/lib/server/action";

export const rotate = action("keys.rotate", rotateKeyInput, rotateKey);
export const endOverlap = action("keys.end-overlap", endOverlapInput, endKeyOverlap);
export const switchLegacy = action("keys.legacy", legacyKeysInput, switchLegacyKeys);
export const rotateJwt = action("keys.rotate-jwt", rotateJwtInput, rotateJwtSecret);
