import type { Db } from "@/lib/adapters/store/types";
import { defaultKeySettings, type KeySettings, type ProjectSettings, type SecretName } from "@/lib/stack/settings";
import { changeSettings } from "../change-settings";

/** Opaque keys, which can be rotated while both the old and the new one are valid. */
export const rotatableKeys = ["publishable", "secret"] as const;
export type RotatableKey = (typeof rotatableKeys)[number];

type KeyNames = { present: "publishableKey" | "secretKey"; previous: "publishableKeyPrevious" | "secretKeyPrevious"; overlap: "publishableOverlapEndsAt" | "secretOverlapEndsAt" };

/** Names of a rotatable key's secrets and of its setting. */
export const namesOf: Record<RotatableKey, KeyNames> = {
  publishable: { present: "publishableKey", previous: "publishableKeyPrevious", overlap: "publishableOverlapEndsAt" },
  secret: { present: "secretKey", previous: "secretKeyPrevious", overlap: "secretOverlapEndsAt" },
};

/** All that a rotation of this key may change. */
export const secretsOfKey = (kind: RotatableKey): SecretName[] => [namesOf[kind].present, namesOf[kind].previous];

export const keySettingsOf = (settings: Pick<ProjectSettings, "keys">): KeySettings => settings.keys ?? defaultKeySettings;

/** Writes the key settings of a project and leaves all its other settings as they are at this moment. */
export async function writeKeySettings(tx: Db, projectId: string, change: (present: KeySettings) => KeySettings): Promise<void> {
  await changeSettings(tx, projectId, (settings) => ({ keys: change(keySettingsOf(settings)) }));
}
