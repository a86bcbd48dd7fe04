import { isGatewayService } from "@/lib/stack/gateways";
import type { DoorContainer } from "./door-container";
import { gatewayAdminPorts, knownPortsOf } from "./known-ports";
import { isWildcard, reachOf } from "./reach";

export type ProbeTarget = { address: string; port: number };

/** Key of an answer in what a probe gives back. */
export function targetKey({ address, port }: ProbeTarget): string {
  return `${address} ${port}`;
}

/**
 * Where to try the ports of these containers from this machine: on the address that Docker named and, for what should be open to this
 * machine alone, on an address that others use as well. A gateway's administration is tried on its container's own address.
 * Each target once, in order of the containers. Without addresses of the host nothing is tried.
 */
export function probeTargets(containers: readonly DoorContainer[], hostAddresses: readonly string[]): ProbeTarget[] {
  if (hostAddresses.length === 0) return [];
  const targets = containers.flatMap((container) => [...publishedTargets(container, hostAddresses), ...hostNetworkTargets(container, hostAddresses), ...adminTargets(container)]);
  return [...new Map(targets.map((target) => [targetKey(target), target])).values()];
}

/** An address of the host that other machines use, of the family of `address`. */
export function outerAddress(address: string, hostAddresses: readonly string[]): string | undefined {
  return hostAddresses.find((candidate) => candidate.includes(":") === address.includes(":"));
}

function publishedTargets({ ports }: DoorContainer, hostAddresses: readonly string[]): ProbeTarget[] {
  return ports.filter(({ protocol }) => protocol === "tcp").flatMap(({ hostIp, hostPort }) => {
    const outer = outerAddress(hostIp, hostAddresses);
    const named = isWildcard(hostIp) ? [] : [hostIp];
    const asOthers = outer !== undefined && (isWildcard(hostIp) || reachOf(hostIp) === "loopback") ? [outer] : [];
    return [...named, ...asOthers].map((address) => ({ address, port: hostPort }));
  });
}

function hostNetworkTargets({ isOnHostNetwork, service }: DoorContainer, hostAddresses: readonly string[]): ProbeTarget[] {
  const [outer] = hostAddresses;
  return isOnHostNetwork && outer !== undefined ? knownPortsOf(service).map((port) => ({ address: outer, port })) : [];
}

function adminTargets({ isOwn, service, addresses }: DoorContainer): ProbeTarget[] {
  return isOwn && isGatewayService(service) ? addresses.flatMap((address) => gatewayAdminPorts.map((port) => ({ address, port }))) : [];
}
