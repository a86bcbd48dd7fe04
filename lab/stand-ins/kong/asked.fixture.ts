import { readAsked, type Asked, type Reading } from "./asked";

export const sampleReading: Reading = { trustedIps: [], realIp: { header: "x-real-ip", isRecursive: false }, maxHeaders: 100, maxArgs: 100 };

/** A request as nginx hands it on; headers in order, their bytes as latin1. */
export function askedFor(url: string, { method = "GET", headers = [], reading = {} }: { method?: string; headers?: readonly (readonly [string, string])[]; reading?: Partial<Reading> } = {}): Asked {
  const rawHeaders = [["Host", "a.example.com"], ...headers].flat();
  return readAsked({ method, url, rawHeaders, socket: { remoteAddress: "127.0.0.1" } }, { ...sampleReading, ...reading });
}
