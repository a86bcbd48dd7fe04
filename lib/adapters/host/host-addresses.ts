import { networkInterfaces, type NetworkInterfaceInfo } from "node:os";

type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>;

/** Bridges and cable ends of containers and virtual machines: nobody outside of this machine uses their addresses. */
const innerName = /^(?:docker|br-|veth|virbr|vnet|cni|lxc|lxd|podman|flannel|cali)/;

/**
 * Addresses of this machine that other machines may use, IPv4 first, in the system's order. Without loopback, without the bridges of
 * containers, and without IPv6 link-local ones, which mean nothing without their interface.
 */
export function readHostAddresses(interfaces: Interfaces = networkInterfaces()): string[] {
  const found = Object.entries(interfaces).flatMap(([name, entries = []]) =>
    innerName.test(name) ? [] : entries.filter(({ internal, address }) => !internal && !/^fe[89ab]/i.test(address) && !address.startsWith("169.254.")),
  );
  const ofFamily = (family: "IPv4" | "IPv6") => found.filter((entry) => entry.family === family).map(({ address }) => address);
  return [...new Set([...ofFamily("IPv4"), ...ofFamily("IPv6")])];
}

/** Every address of this machine, loopback and bridges included. */
export function readOwnAddresses(interfaces: Interfaces = networkInterfaces()): string[] {
  return Object.values(interfaces).flatMap((entries = []) => entries.map(({ address }) => address));
}
