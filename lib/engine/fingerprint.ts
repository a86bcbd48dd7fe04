import type { DesiredService, DesiredStack } from "@/lib/stack/desired";
import { filesHash, reloadableFiles, specHash, type Hash } from "@/lib/stack/spec-hash";

/** A wished service as far as it must be known to compare it with a container: keyed hashes instead of values. */
export type ServiceFingerprint = Pick<DesiredService, "name" | "image" | "publishedPorts"> & { specHash: string; filesHash: string; hasReloadableFiles: boolean };

/** A wish that can be kept in memory for long: it holds no secret, and enough to say whether what runs differs from it. */
export type StackFingerprint = Pick<DesiredStack, "network" | "volumes"> & { services: ServiceFingerprint[] };

/** What is compared of a stack. `hash` is keyed, as the one of the containers' labels. */
export function fingerprintStack({ network, volumes, services }: DesiredStack, hash: Hash): StackFingerprint {
  return { network: { ...network }, volumes: volumes.map(({ name }) => ({ name })), services: services.map((service) => fingerprintService(service, hash)) };
}

/** What is compared of a service. */
export function fingerprintService(service: DesiredService, hash: Hash): ServiceFingerprint {
  const { name, image, publishedPorts } = service;
  return { name, image, publishedPorts, specHash: specHash(service, hash), filesHash: filesHash(service, hash), hasReloadableFiles: reloadableFiles(service).length > 0 };
}
