import { z } from "zod";
import { revealStudioUserResponse } from "@/lib/access/worker-protocol";
import { addStudioUserInput, changeStudioUserInput, openStudioInput, studioSettingsInput, studioUsernameSchema } from "@/lib/projects/studio/inputs";
import { define, refParams } from "./define";
import { startedSchema } from "./schemas";

const at = z.iso.datetime();
const networks = z.array(z.string()).nullable();
const studioSchema = z
  .object({
    ref: z.string(), displayName: z.string(), state: z.string(), hasStudio: z.boolean(), isBehindEdge: z.boolean(), whyClosed: z.string().nullable(),
    addresses: z.array(z.object({ url: z.string(), kind: z.enum(["own-name", "api-name", "outside", "local"]), isServed: z.boolean(), opensByTicket: z.boolean() })),
    sessions: z.array(z.object({ id: z.string(), userId: z.string(), name: z.string(), email: z.string(), isOwn: z.boolean(), ip: z.string().nullable(), openedAt: at, lastSeenAt: at })),
    users: z.array(z.object({ username: z.string(), createdAt: at, changedAt: at })),
    settings: z.object({ allowedNetworks: networks, isOnApiNames: z.boolean(), isOnLocalAddress: z.boolean() }), routeNetworks: networks,
    openOperationId: z.string().nullable(), mayOpen: z.boolean(), mayChange: z.boolean(), mayChangeUsers: z.boolean(), mayReveal: z.boolean(),
  })
  .meta({ id: "Studio", description: "Holds no password. `whyClosed` says why the panel cannot open Studio without one." });
const endedSchema = z.object({ count: z.number() }).meta({ id: "EndedSessions" });

const path = "/api/v1/projects/{ref}/studio";
const sessionParams = refParams.extend({ id: z.string().min(1).max(64) });
const userParams = refParams.extend({ username: studioUsernameSchema });
const users = "Put in force while the gateway runs, proven by signing in, and taken back when that fails.";

export const studioEndpoints = {
  getStudio: define({ name: `GET ${path}`, tag: "Studio", summary: "Where Studio answers, who is in, who may sign in at it", params: refParams, answer: studioSchema }),
  openStudio: define({
    name: `POST ${path}/open`, tag: "Studio", summary: "Make a link that opens Studio without its password",
    description: "Works once, within a minute. What it opens ends after 10 minutes without use, with the person's role, and with the session of the panel that asked. For signed-in persons: no token can.",
    params: refParams, body: openStudioInput.omit({ ref: true }), answer: z.object({ url: z.string(), redeemBy: at }).meta({ id: "StudioLink" }), repetition: "refuse",
  }),
  endStudioSessions: define({ name: `DELETE ${path}/sessions`, tag: "Studio", summary: "End every session of Studio, and links that were not followed yet", params: refParams, answer: endedSchema }),
  endStudioSession: define({ name: `DELETE ${path}/sessions/{id}`, tag: "Studio", summary: "End one session of Studio", params: sessionParams, answer: endedSchema }),
  changeStudioSettings: define({
    name: `PATCH ${path}`, tag: "Studio", summary: "Choose where Studio answers and from which networks",
    description: "Behind the edge the edge holds to it, for the client's own address. Without it the gateway does, for the address that it sees. 409 `unreachable` when Studio would answer nowhere.",
    params: refParams, body: studioSettingsInput.omit({ ref: true }), status: 202, answer: startedSchema,
  }),
  addStudioUser: define({ name: `POST ${path}/users`, tag: "Studio", summary: "Add a user of Studio", description: `Without \`password\` one is made, to be revealed. ${users}`, params: refParams, body: addStudioUserInput.omit({ ref: true }), status: 202, answer: startedSchema }),
  changeStudioUser: define({
    name: `PUT ${path}/users/{username}`, tag: "Studio", summary: "Give a user of Studio another password", description: `Without \`password\` one is made, to be revealed. ${users}`,
    params: userParams, body: changeStudioUserInput.omit({ ref: true, username: true }), status: 202, answer: startedSchema,
  }),
  removeStudioUser: define({ name: `DELETE ${path}/users/{username}`, tag: "Studio", summary: "Remove a user of Studio", description: users, params: userParams, status: 202, answer: startedSchema }),
  renewFirstStudioUser: define({ name: `POST ${path}/first-user/renew`, tag: "Studio", summary: "Make another password for the first user of Studio", description: `${users} Sessions from the panel go on.`, params: refParams, status: 202, answer: startedSchema }),
  revealStudioUser: define({ name: `POST ${path}/users/{username}/reveal`, tag: "Secrets", summary: "Show the password of a user of Studio", params: userParams, answer: revealStudioUserResponse.meta({ id: "RevealedStudioUser" }), repetition: "refuse" }),
};
