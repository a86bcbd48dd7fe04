import { PresenceRoster, type PresenceDiff } from "./presence";
import type { Message } from "./serializer";

/** A joined channel of one socket. */
export interface Channel {
  topic: string;
  joinRef: string | null;
  self: boolean;
  ack: boolean;
  presenceKey: string;
  receivesPresence: boolean;
  /** Seconds since the epoch; undefined for tokens without an end. */
  expiresAtS: number | undefined;
  push(message: Message): void;
}

/** Topics and the channels that joined them, in the memory of this process. */
export class Topics {
  private readonly members = new Map<string, { channels: Set<Channel>; presence: PresenceRoster }>();

  join(channel: Channel): void {
    const topic = this.members.get(channel.topic) ?? { channels: new Set<Channel>(), presence: new PresenceRoster() };
    this.members.set(channel.topic, topic);
    topic.channels.add(channel);
  }

  leave(channel: Channel): void {
    const topic = this.members.get(channel.topic);
    if (topic === undefined) return;
    topic.channels.delete(channel);
    const diff = topic.presence.untrack(channel);
    if (topic.channels.size === 0) this.members.delete(channel.topic);
    else if (diff !== undefined) this.pushDiff(channel.topic, diff);
  }

  /** Sends a broadcast to everybody on its topic; to the sender only if the sender asked for it. */
  broadcast(message: Message, sender?: Channel): void {
    const outgoing = { ...message, joinRef: null, ref: null };
    for (const channel of this.members.get(message.topic)?.channels ?? []) {
      if (channel !== sender || channel.self) channel.push(outgoing);
    }
  }

  track(channel: Channel, payload: Record<string, unknown>): void {
    const topic = this.members.get(channel.topic);
    if (topic !== undefined) this.pushDiff(channel.topic, topic.presence.track(channel, channel.presenceKey, payload));
  }

  untrack(channel: Channel): void {
    const diff = this.members.get(channel.topic)?.presence.untrack(channel);
    if (diff !== undefined) this.pushDiff(channel.topic, diff);
  }

  presenceState(topic: string): Record<string, unknown> {
    return this.members.get(topic)?.presence.state() ?? {};
  }

  private pushDiff(topic: string, diff: PresenceDiff): void {
    for (const channel of this.members.get(topic)?.channels ?? []) {
      if (channel.receivesPresence) channel.push({ joinRef: null, ref: null, topic, event: "presence_diff", payload: diff });
    }
  }
}
