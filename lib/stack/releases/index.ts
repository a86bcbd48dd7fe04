import type { ServiceName } from "../desired";
import type { Release, ReleaseService } from "./release";
import { v0_8_0 } from "./v0.8.0";
import { v0_8_2 } from "./v0.8.2";

export type { Release, ReleaseData, ReleaseService } from "./release";

/** Every release that a project can run, oldest first. A further one is one data file and its line here. */
export const releases: readonly Release[] = [v0_8_0, v0_8_2];

/** The release of a new project unless another is chosen. */
export const defaultRelease: Release = v0_8_2;

/** The release of that name, or undefined. */
export function getRelease(name: string): Release | undefined {
  return releases.find((release) => release.name === name);
}

/** Names of all releases, oldest first. */
export function releaseNames(): string[] {
  return releases.map((release) => release.name);
}

/** What a page needs to offer a choice of services. */
export type ServiceCatalogueItem = Pick<ReleaseService, "name" | "label" | "image" | "memoryBytes" | "isRequired" | "requires" | "withoutIt">;

/** Services of a release for people to choose from. */
export function serviceCatalogue(release: Release): ServiceCatalogueItem[] {
  return release.services.map(({ name, label, image, memoryBytes, isRequired, requires, withoutIt }) => ({ name, label, image, memoryBytes, isRequired, requires, withoutIt }));
}

/** What is wrong with a choice of services, one sentence each; empty when it can run. */
export function validateServices(services: readonly ServiceName[], release: Release): string[] {
  const chosen = new Set<string>(services);
  const missing = release.services.filter((service) => service.isRequired && !chosen.has(service.name)).map((service) => `${service.label} (${service.name}) is needed by every project.`);
  const unmet = release.services
    .filter((service) => chosen.has(service.name))
    .flatMap((service) => service.requires.filter((needed) => !chosen.has(needed)).map((needed) => `${service.label} (${service.name}) needs ${needed}.`));
  const known = new Set<string>(release.services.map((service) => service.name));
  const unknown = [...chosen].filter((name) => !known.has(name)).map((name) => `${release.name} has no service ${name}.`);
  const repeated = chosen.size < services.length ? ["A service is named twice."] : [];
  return [...missing, ...unmet, ...unknown, ...repeated];
}
