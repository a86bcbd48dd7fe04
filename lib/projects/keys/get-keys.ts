import { authorize, may } from "@/lib/access/authorize";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import type { Db } from "@/lib/adapters/store/types";
import { effectiveRoutes } from "@/lib/gateway/precedence";
import { openStatuses } from "@/lib/operations/machine";
import type { OperationKind } from "@/lib/operations/types";
import { apiKeyWords, type ApiKeyKind } from "@/lib/stack/key-words";
import type { KeySettings, SecretName } from "@/lib/stack/settings";
import { loadGatewaySettings } from "../gateway/load-gateway-settings";
import { routeOptionsOf } from "../gateway/route-options";
import { projectInput } from "../inputs";
import { parseSettings } from "../settings-schema";
import { keySettingsOf, namesOf, type RotatableKey } from "./key-settings";
import type { ApiKeyView, KeysView, KeyUsesView } from "./key-views";
import { countUses, listCallers, type LegacyKind } from "./key-uses";

const kinds: OperationKind[] = ["keys.rotate", "keys.end-overlap", "keys.legacy", "keys.rotate-jwt"];

/** The keys of a project as their page shows them: age, state, overlap, and who still uses legacy ones. No key is opened. */
export async function getKeys(ctx: VerbContext, input: { ref: string }): Promise<KeysView> {
  const { ref } = parseInput(projectInput, input);
  const project = await authorize(ctx, "project.see", ref);
  const { db } = ctx.store;
  const settings = parseSettings(project.settingsJson);
  const [rows, open, gateway] = await Promise.all([
    db.secretValue.findMany({ where: { projectId: project.id }, select: { name: true, updatedAt: true } }),
    db.operation.findFirst({ where: { projectId: project.id, kind: { in: kinds }, status: { in: [...openStatuses] } }, select: { id: true } }),
    loadGatewaySettings(db, project.id, project.gatewayRevision),
  ]);
  const madeAt = new Map(rows.map(({ name, updatedAt }) => [name, updatedAt.toISOString()]));
  const ageOf = (name: SecretName) => madeAt.get(name) ?? null;
  const paths = new Map(effectiveRoutes(gateway, routeOptionsOf(project)).map(({ id, match }) => [id, match.path]));
  const keys = keySettingsOf(settings);
  const usesOf = (kind: LegacyKind) => readUses(db, { projectId: project.id, now: ctx.now(), kind, paths });
  return {
    ref, displayName: settings.displayName, state: project.state, services: settings.services,
    keys: [
      opaqueKey("publishable", { ageOf, madeAt, keys }),
      opaqueKey("secret", { ageOf, madeAt, keys }),
      legacyKey("legacy-anon", { madeAt: ageOf("anonKey"), keys, uses: await usesOf("legacy-anon") }),
      legacyKey("legacy-service", { madeAt: ageOf("serviceRoleKey"), keys, uses: await usesOf("legacy-service") }),
    ],
    legacy: keys.legacy,
    jwtSecretMadeAt: ageOf("jwtSecret"),
    signingPairMadeAt: ageOf("anonKeyAsymmetric"),
    openOperationId: open?.id ?? null,
    mayRotate: may(ctx.actor, "secret.rotate", project.id) !== "no",
    mayReveal: may(ctx.actor, "secret.reveal", project.id) !== "no",
  };
}

const secretOf = { publishable: "publishableKey", secret: "secretKey", "legacy-anon": "anonKey", "legacy-service": "serviceRoleKey" } as const satisfies Record<ApiKeyKind, SecretName>;

type Ages = { ageOf(name: SecretName): string | null; madeAt: ReadonlyMap<string, string>; keys: KeySettings };

function opaqueKey(kind: RotatableKey, { ageOf, madeAt, keys }: Ages): ApiKeyView {
  const { present, previous, overlap } = namesOf[kind];
  const replacedAt = madeAt.get(previous);
  return { kind, secret: secretOf[kind], ...apiKeyWords[kind], isValid: true, madeAt: ageOf(present), previous: replacedAt === undefined ? null : { replacedAt, endsAt: keys[overlap] }, uses: null };
}

function legacyKey(kind: LegacyKind, { madeAt, keys, uses }: { madeAt: string | null; keys: KeySettings; uses: KeyUsesView }): ApiKeyView {
  return { kind, secret: secretOf[kind], ...apiKeyWords[kind], isValid: keys.legacy !== "off", madeAt, previous: null, uses };
}

type Asked = { projectId: string; now: Date; kind: LegacyKind; paths: ReadonlyMap<string, string> };

async function readUses(db: Db, { projectId, now, kind, paths }: Asked): Promise<KeyUsesView> {
  const [requestsLastDay, requestsLastWeek, callers] = await Promise.all([countUses(db, projectId, now, 24, kind), countUses(db, projectId, now, 7 * 24, kind), listCallers(db, projectId, now, 7 * 24, kind)]);
  return {
    requestsLastDay, requestsLastWeek,
    callers: callers.map(({ routeId, network, userAgent, count, lastAt }) => ({ routeId, path: paths.get(routeId) ?? null, network, userAgent, requests: count, lastAt: lastAt.toISOString() })),
  };
}
