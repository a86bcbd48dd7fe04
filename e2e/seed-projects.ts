import { customAlphabet } from "nanoid";
import type { Store } from "@/lib/adapters/store/types";
import type { ServiceObservation } from "@/lib/projects/views";
import { defaultRelease } from "@/lib/stack/releases";
import type { SeededPerson } from "./seed-store";

export type SeededProject = { id: string; ref: string; state: string };

const newId = customAlphabet("abcdefghijklmnopqrstuvwxyz0123456789", 12);
const mebibyte = 1024 ** 2;
const standIns = new Set(["auth", "realtime", "storage", "studio", "imgproxy", "supavisor"]);

type Wish = { ref: string; displayName: string; state: string; stateReason?: string; broken?: Record<string, ServiceObservation["state"]>; hasDrift?: boolean; isUnready?: boolean; isMailed?: boolean };

const wishes: Wish[] = [
  { ref: "shop-eu", displayName: "Shop Europe", state: "ready", isMailed: true },
  { ref: "shop-us", displayName: "Shop \"US\" & $(partners)", state: "ready" },
  { ref: "ledger", displayName: "Ledger", state: "ready", broken: { storage: "unhealthy", imgproxy: "stopped" } },
  { ref: "archive-2019", displayName: "أرشيف المتجر القديم", state: "paused" },
  { ref: "playground", displayName: "Playground 🎈🦊", state: "ready", hasDrift: true },
  { ref: "very-long-name-of-a-project-for-testing", displayName: "A name of sixty characters which has to fit where it is put.", state: "ready" },
  { ref: "crm-staging", displayName: "CRM staging", state: "failed", stateReason: "The image 127.0.0.1:5055/supabase/storage-api:v1.61.12 could not be pulled: the registry answered 404.", isUnready: true },
  { ref: "blog", displayName: "Blog", state: "failed", stateReason: "auth did not become healthy within 2 min.", broken: { auth: "unhealthy" } },
  { ref: "brand-new", displayName: "Brand new", state: "creating", isUnready: true },
  { ref: "old-forum", displayName: "Old forum", state: "deleted" },
  { ref: "demo-day", displayName: "Demo day", state: "deleting" },
  { ref: "mail-relay", displayName: "Mail relay", state: "ready" },
];

function services(wish: Wish, now: Date): ServiceObservation[] {
  return defaultRelease.services.map((service, index) => {
    const state = wish.state === "paused" ? "stopped" : (wish.broken?.[service.name] ?? "healthy");
    const isUp = state === "healthy" || state === "unhealthy";
    return {
      service: service.name, state, image: service.image, version: service.image.split(":").at(-1) ?? "", containerId: `c${index}`,
      startedAt: new Date(now.getTime() - (index + 1) * 4_000_000).toISOString(), standIn: standIns.has(service.name) ? service.name : null,
      memoryBytes: isUp ? (24 + index * 17) * mebibyte : null, memoryLimitBytes: null, cpuCores: isUp ? 0.01 * (index + 1) : null,
    };
  });
}

const drift = [
  { service: "rest", kind: "missing", sentence: "rest has no container: it was removed by hand." },
  { service: "auth", kind: "environment", sentence: "auth runs with an environment that was changed by hand." },
];

/** Projects in every state, with ports, snapshot and a member. */
export async function seedProjects(store: Store, persons: readonly SeededPerson[], now: Date): Promise<SeededProject[]> {
  const member = persons.find((person) => person.key === "member");
  const projects: SeededProject[] = [];
  for (const [index, wish] of wishes.entries()) {
    const id = newId();
    const port = 8000 + index;
    const settings = {
      displayName: wish.displayName, release: defaultRelease.name, services: defaultRelease.services.map((service) => service.name), bindAddress: "127.0.0.1", publicUrl: `http://127.0.0.1:${port}`,
      siteUrl: "http://localhost:3000", redirectUrls: ["https://app.example.com/**"], isDirectDatabasePortOpen: wish.ref === "shop-eu",
      smtp: wish.isMailed === true ? { host: "smtp.example.com", port: 587, user: "apikey", senderEmail: "noreply@example.com", senderName: "Shop" } : null,
    };
    await store.db.project.create({
      data: {
        id, ref: wish.ref, hostId: "local", displayName: wish.displayName, wish: "run", state: wish.state, stateReason: wish.stateReason ?? null, release: defaultRelease.name, settingsJson: JSON.stringify(settings), revision: 1, driftPolicy: "report",
        createdAt: new Date(now.getTime() - (index + 1) * 86_400_000), readyAt: wish.isUnready === true ? null : new Date(now.getTime() - 3_600_000), deletedAt: wish.state === "deleted" ? now : null, purgeAfter: wish.state === "deleted" ? new Date(now.getTime() + 5.4 * 86_400_000) : null,
      },
    });
    const ports = { gateway: port, "pooler-session": 15_400 + index, "pooler-transaction": 16_500 + index, ...(wish.ref === "shop-eu" ? { database: 17_000 } : {}) };
    for (const [purpose, number] of Object.entries(ports)) await store.db.portAllocation.create({ data: { id: newId(), hostId: "local", port: number, purpose, projectId: id } });
    if (wish.isUnready !== true) {
      await store.db.observedSnapshot.create({ data: { projectId: id, takenAt: new Date(now.getTime() - (wish.ref === "mail-relay" ? 900_000 : 4_000)), servicesJson: JSON.stringify(services(wish, now)), driftJson: JSON.stringify(wish.hasDrift === true ? drift : []) } });
    }
    if (member !== undefined && (wish.ref === "shop-eu" || wish.ref === "playground")) await store.db.membership.create({ data: { id: newId(), userId: member.id, projectId: id, role: wish.ref === "shop-eu" ? "operator" : "viewer", createdAt: now } });
    projects.push({ id, ref: wish.ref, state: wish.state });
  }
  return projects;
}
