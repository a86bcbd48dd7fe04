import { connect } from "node:net";
import { isInNetworks } from "@/lib/gateway/addresses";
import { targetKey, type ProbeTarget } from "@/lib/projects/doors/probe-targets";
import { readOwnAddresses } from "../host/host-addresses";

const connectTimeoutMs = 1_000;
const atOnce = 8;
/** Filtered ports take their full second each: whoever waits for the page must not wait for all of them. */
const wholeLookMs = 10_000;

type Options = { networks: readonly string[]; ownAddresses?: readonly string[]; signal: AbortSignal };

/**
 * Tries each target for a TCP connection and closes it at once, 8 at a time, each for 1 s, all of them for 10 s. Never leaves this
 * machine: a target must be one of its own addresses, or lie in one of `networks` (CIDRs of projects) that is attached to a bridge here,
 * which is when this machine has an address in it. Answers by `targetKey`; what may not be tried, or for which the time did not suffice,
 * is left out.
 */
export async function probeDoors(targets: readonly ProbeTarget[], { networks, ownAddresses = readOwnAddresses(), signal }: Options): Promise<Map<string, boolean>> {
  const attached = networks.filter((network) => ownAddresses.some((address) => isInNetworks(address, [network])));
  // 127.0.0.0/8 is this machine whole, whatever its interface names.
  const here = [...attached, "127.0.0.0/8"];
  const waiting = targets.filter(({ address }) => ownAddresses.includes(address) || isInNetworks(address, here));
  const answers = new Map<string, boolean>();
  const ended = AbortSignal.any([signal, AbortSignal.timeout(wholeLookMs)]);
  const work = async () => {
    for (let target = waiting.shift(); target !== undefined && !ended.aborted; target = waiting.shift()) {
      const isTaken = await isConnectionTaken(target);
      if (!ended.aborted) answers.set(targetKey(target), isTaken);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  signal.throwIfAborted();
  return answers;
}

function isConnectionTaken({ address, port }: ProbeTarget): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const settle = (answer: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => settle(false), connectTimeoutMs);
    // A socket that meets itself on a free port says nothing of anybody listening.
    socket.once("connect", () => settle(!(socket.localPort === port && socket.localAddress === socket.remoteAddress)));
    socket.on("error", () => settle(false));
  });
}
