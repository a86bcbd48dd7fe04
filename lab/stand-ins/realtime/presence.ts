import { randomBytes } from "node:crypto";

export type Meta = Record<string, unknown> & { phx_ref: string };
export type PresenceState = Record<string, { metas: Meta[] }>;
export type PresenceDiff = { joins: PresenceState; leaves: PresenceState };

interface Entry {
  key: string;
  meta: Meta;
}

/** Who is present on one topic: one entry per channel that tracks itself. */
export class PresenceRoster {
  private readonly entries = new Map<object, Entry>();

  /** Everybody that is present, by key. */
  state(): PresenceState {
    return group([...this.entries.values()]);
  }

  /** Enters or updates a channel's entry; an update is a leave and a join under the same key. */
  track(channel: object, key: string, payload: Record<string, unknown>): PresenceDiff {
    const previous = this.entries.get(channel);
    const meta: Meta = { ...payload, phx_ref: randomBytes(12).toString("base64url"), ...(previous === undefined ? {} : { phx_ref_prev: previous.meta.phx_ref }) };
    const entry = { key, meta };
    this.entries.set(channel, entry);
    return { joins: group([entry]), leaves: previous === undefined ? {} : group([previous]) };
  }

  /** Takes a channel's entry out; undefined when it had none. */
  untrack(channel: object): PresenceDiff | undefined {
    const previous = this.entries.get(channel);
    if (previous === undefined) return undefined;
    this.entries.delete(channel);
    return { joins: {}, leaves: group([previous]) };
  }
}

function group(entries: readonly Entry[]): PresenceState {
  const state: PresenceState = {};
  for (const { key, meta } of entries) (state[key] ??= { metas: [] }).metas.push(meta);
  return state;
}
