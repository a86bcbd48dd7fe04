import type { Db } from "@/lib/adapters/store/types";
import type { KeyKind } from "@/lib/gateway/access-log";

const hourMs = 3_600_000;
const legacyKinds = ["legacy-anon", "legacy-service"] as const satisfies readonly KeyKind[];
export type LegacyKind = (typeof legacyKinds)[number];

/** Uses are counted by the hour: from the start of the hour in which the time begins. */
export const sinceHour = (now: Date, hours: number) => new Date(Math.floor((now.getTime() - hours * hourMs) / hourMs) * hourMs);

/** Requests with a legacy key within the last hours; of one kind where it is named. */
export async function countUses(db: Db, projectId: string, now: Date, hours: number, kind?: LegacyKind): Promise<number> {
  const { _sum } = await db.keyUse.aggregate({ where: { projectId, key: kind ?? { in: [...legacyKinds] }, hour: { gte: sinceHour(now, hours) } }, _sum: { count: true } });
  return _sum.count ?? 0;
}

export type KeyCaller = { routeId: string; network: string; userAgent: string; count: number; lastAt: Date };

/** Who sent the key on which route within the last hours, most requests first. */
export async function listCallers(db: Db, projectId: string, now: Date, hours: number, kind: LegacyKind): Promise<KeyCaller[]> {
  const groups = await db.keyUse.groupBy({
    by: ["routeId", "network", "userAgent"], where: { projectId, key: kind, hour: { gte: sinceHour(now, hours) } },
    _sum: { count: true }, _max: { lastAt: true }, orderBy: { _sum: { count: "desc" } }, take: 50,
  });
  return groups.map(({ routeId, network, userAgent, _sum, _max }) => ({ routeId, network, userAgent, count: _sum.count ?? 0, lastAt: _max.lastAt ?? now }));
}
