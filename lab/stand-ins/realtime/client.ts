import { randomUUID } from "node:crypto";
import type { JWTPayload } from "jose";
import { asRecord, logLine } from "../serving/http";
import type { Keyring } from "../serving/tokens";
import { checkClientToken } from "./access";
import { decodeBinary, decodeText, encode, MalformedFrame, type Message, type Version } from "./serializer";
import type { Channel, Topics } from "./topics";

export interface ClientOptions {
  version: Version;
  /** The key that the socket was opened with: it stands in where a join brings no token of its own. */
  socketToken: string;
  keyring: Keyring;
  topics: Topics;
  send(frame: string | Uint8Array): void;
  nowS(): number;
}

const withoutChanges = "postgres_changes are not answered by the lab stand-in of Realtime";
const withoutPrivate = "Unauthorized: private channels are not answered by the lab stand-in of Realtime";

/** One open socket: reads frames in order and keeps the channels it joined. */
export class Client {
  private readonly channels = new Map<string, Channel>();
  private queue: Promise<void> = Promise.resolve();

  constructor(private readonly options: ClientOptions) {}

  /** Takes a frame; frames are handled one after the other, so a broadcast never overtakes its join. */
  receive(frame: string | Uint8Array): Promise<void> {
    this.queue = this.queue.then(() => this.handleFrame(frame)).catch((error: unknown) => {
      if (!(error instanceof MalformedFrame)) throw error;
      logLine("warning", error.message);
    });
    return this.queue;
  }

  /** Leaves every channel: the socket is gone. */
  close(): void {
    for (const channel of this.channels.values()) this.options.topics.leave(channel);
    this.channels.clear();
  }

  /** Ends the channels whose token has run out. */
  dropExpired(): void {
    for (const channel of this.channels.values()) {
      if (channel.expiresAtS !== undefined && channel.expiresAtS <= this.options.nowS()) this.shutDown(channel, "Token has expired");
    }
  }

  private async handleFrame(frame: string | Uint8Array): Promise<void> {
    const message = typeof frame === "string" ? decodeText(this.options.version, frame) : decodeBinary(frame);
    if (message.topic === "phoenix" && message.event === "heartbeat") {
      this.reply(message, "ok", {});
      return;
    }
    if (message.event === "phx_join") return this.join(message);
    const channel = this.channels.get(message.topic);
    if (channel === undefined) {
      this.reply(message, "error", { reason: "unmatched topic" });
      return;
    }
    return this.handleOn(channel, message);
  }

  private async handleOn(channel: Channel, message: Message): Promise<void> {
    switch (message.event) {
      case "phx_leave":
        this.leave(channel);
        this.reply(message, "ok", {});
        this.push({ joinRef: channel.joinRef, ref: channel.joinRef, topic: channel.topic, event: "phx_close", payload: {} });
        return;
      case "broadcast":
        this.options.topics.broadcast(message, channel);
        if (channel.ack) this.reply(message, "ok", {});
        return;
      case "presence":
        return this.handlePresence(channel, message);
      case "access_token":
        return this.replaceToken(channel, message);
      default:
        this.reply(message, "error", { reason: `unknown event ${message.event}` });
    }
  }

  private handlePresence(channel: Channel, message: Message): void {
    const event = String(message.payload.event ?? "").toLowerCase();
    if (event === "track") this.options.topics.track(channel, asRecord(message.payload.payload));
    else if (event === "untrack") this.options.topics.untrack(channel);
    else return this.reply(message, "error", { reason: "unknown presence event" });
    this.reply(message, "ok", {});
  }

  private async replaceToken(channel: Channel, message: Message): Promise<void> {
    const token = this.tokenOf(message.payload);
    const access = await checkClientToken(this.options.keyring, token);
    if ("reason" in access) this.shutDown(channel, access.reason);
    else channel.expiresAtS = expiryOf(access.claims);
  }

  private async join(message: Message): Promise<void> {
    if (!/^realtime:./.test(message.topic)) return this.reply(message, "error", { reason: "unmatched topic" });
    const access = await checkClientToken(this.options.keyring, this.tokenOf(message.payload));
    if ("reason" in access) return this.reply(message, "error", { reason: access.reason });
    const config = asRecord(message.payload.config);
    if (config.private === true) return this.reply(message, "error", { reason: withoutPrivate });
    if (Array.isArray(config.postgres_changes) && config.postgres_changes.length > 0) return this.reply(message, "error", { reason: withoutChanges });
    const previous = this.channels.get(message.topic);
    if (previous !== undefined) this.leave(previous);
    const channel = this.makeChannel(message, config, access.claims);
    this.channels.set(message.topic, channel);
    this.options.topics.join(channel);
    this.reply(message, "ok", { postgres_changes: [] });
    if (channel.receivesPresence) {
      const payload = this.options.topics.presenceState(channel.topic);
      this.push({ joinRef: channel.joinRef, ref: null, topic: channel.topic, event: "presence_state", payload });
    }
  }

  private makeChannel(message: Message, config: Record<string, unknown>, claims: JWTPayload): Channel {
    const broadcast = asRecord(config.broadcast);
    const presence = asRecord(config.presence);
    const key = typeof presence.key === "string" && presence.key !== "" ? presence.key : randomUUID();
    return {
      topic: message.topic,
      joinRef: message.joinRef ?? message.ref,
      self: broadcast.self === true,
      ack: broadcast.ack === true,
      presenceKey: key,
      receivesPresence: presence.enabled !== false,
      expiresAtS: expiryOf(claims),
      push: (outgoing) => {
        // Version 1 has no form for content that is not JSON.
        if (outgoing.binary === undefined || this.options.version === "2.0.0") this.push(outgoing);
      },
    };
  }

  private tokenOf(payload: Record<string, unknown>): string {
    const token = payload.access_token ?? payload.user_token;
    // An opaque key is no token: the gateway has put a real one beside it when the socket was opened.
    return typeof token === "string" && token !== "" && !token.startsWith("sb_") ? token : this.options.socketToken;
  }

  private leave(channel: Channel): void {
    this.options.topics.leave(channel);
    this.channels.delete(channel.topic);
  }

  private shutDown(channel: Channel, reason: string): void {
    this.leave(channel);
    const payload = { channel: channel.topic.replace(/^realtime:/, ""), extension: "system", message: reason, status: "error" };
    this.push({ joinRef: channel.joinRef, ref: null, topic: channel.topic, event: "system", payload });
    this.push({ joinRef: channel.joinRef, ref: channel.joinRef, topic: channel.topic, event: "phx_close", payload: {} });
  }

  private reply(message: Message, status: "ok" | "error", response: Record<string, unknown>): void {
    this.push({ joinRef: message.joinRef, ref: message.ref, topic: message.topic, event: "phx_reply", payload: { status, response } });
  }

  private push(message: Message): void {
    this.options.send(encode(this.options.version, message));
  }
}

function expiryOf(claims: JWTPayload): number | undefined {
  return typeof claims.exp === "number" ? claims.exp : undefined;
}
