import { expect, test } from "vitest";
import { parseRoutes } from "./host-routes";

test("the kernel's little-endian table becomes CIDRs, without the default route", () => {
  const table = [
    "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT",
    "eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0",
    "eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0",
    "br-1\t4001D50A\t00000000\t0001\t0\t0\t0\tC0FFFFFF\t0\t0\t0",
  ].join("\n");
  expect(parseRoutes(table)).toEqual(["172.17.0.0/16", "10.213.1.64/26"]);
});
