import type { NetworkInterfaceInfo } from "node:os";
import { expect, test } from "vitest";
import { readHostAddresses } from "./host-addresses";

const entry = (address: string, internal = false) => ({ address, internal, family: address.includes(":") ? "IPv6" : "IPv4", netmask: "", mac: "", cidr: null, ...(address.includes(":") ? { scopeid: 0 } : {}) }) as NetworkInterfaceInfo;

test("addresses that other machines may use are found, IPv4 first; loopback, bridges of containers and link-local ones are not", () => {
  const interfaces = {
    lo: [entry("127.0.0.1", true), entry("::1", true)], docker0: [entry("172.17.0.1")], "br-c70660a1732d": [entry("10.244.0.1")],
    eth0: [entry("fd00::2"), entry("192.168.1.5"), entry("fe80::1")], tailscale0: [entry("100.64.0.9")], eth1: undefined,
  };
  expect(readHostAddresses(interfaces)).toEqual(["192.168.1.5", "100.64.0.9", "fd00::2"]);
});
