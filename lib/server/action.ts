import { headers } from "next/headers";
import { z } from "zod";
import { requirePerson } from "@/lib/access/authorize";
import { UnauthenticatedError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { ActFailure, ActResult } from "./act-result";
import { clientAddress } from "./client-address";
import { currentIdentity } from "./current-actor";
import { reportError } from "./report-error";
import { requireAccess } from "./require-access";
import { actions, type Access, type ActionName } from "./route-table";
import { requestAddress } from "./request-address";
import { requireSameOrigin } from "./same-origin";
import { contextFor, publicContext, type WebContext } from "./web-context";

type ServerAction<Schema extends z.ZodType, Output> = (input: z.input<Schema>) => Promise<ActResult<Output>>;

/**
 * Makes a server action: checks where the request came from and that somebody is signed in (unless the table says `public`),
 * parses, checks the permission of the table, calls the verb, maps what it throws. `name` is a literal key of the action table; the
 * verb authorises by itself as well.
 */
export function action<Schema extends z.ZodType, Output>(name: ActionName, schema: Schema, verb: (ctx: WebContext, input: z.output<Schema>) => Promise<Output>): ServerAction<Schema, Output> {
  return async (input) => {
    try {
      const context = await openAction(name);
      const parsed = parseInput(schema, input);
      await requireTableEntry(context, name, parsed);
      return { ok: true, data: await verb(context, parsed) };
    } catch (error) {
      return toFailure(error, name);
    }
  };
}

async function openAction(name: ActionName): Promise<WebContext> {
  const sent = await headers();
  requireSameOrigin(sent, requestAddress(sent).url);
  const identity = await currentIdentity();
  if (actions[name] === "public") return identity === null ? publicContext(clientAddress(sent)) : contextFor(identity);
  if (identity === null) throw new UnauthenticatedError("Your session has ended. Sign in again.");
  return contextFor(identity);
}

/** The permission of the table, on what the input is about. The verb asks again: this line holds when a verb forgets. */
async function requireTableEntry(context: WebContext, name: ActionName, parsed: unknown): Promise<void> {
  const access = accessOf(name);
  if (access === "public" || access === "signed-in") return;
  if (access === "person") return void requirePerson(context.actor);
  // `ref` of a wish for a new project names none that is there.
  const about = access === "project.create" ? {} : target.parse(parsed);
  await requireAccess(context, access, { ...about, isReading: false });
}

function accessOf(name: ActionName): Access {
  return actions[name];
}

const target = z.object({ ref: z.string().optional(), operationId: z.string().optional() }).catch({});

function toFailure(error: unknown, name: string): { ok: false; error: ActFailure } {
  if (isNextSignal(error)) throw error;
  const shown = reportError(error, `action ${name}`);
  return { ok: false, error: { code: shown.code, message: shown.publicMessage, ...(shown.fields === undefined ? {} : { fields: shown.fields }) } };
}

/** Next's own signals (redirect, not found) are thrown values with a digest; they must pass. */
function isNextSignal(error: unknown): boolean {
  return error instanceof Error && "digest" in error && typeof error.digest === "string" && error.digest.startsWith("NEXT_");
}
