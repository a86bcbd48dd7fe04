import { headers } from "next/headers";
import type { z } from "zod";
import { UnauthenticatedError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { ActFailure, ActResult } from "./act-result";
import { clientAddress } from "./client-address";
import { currentIdentity } from "./current-actor";
import { reportError } from "./report-error";
import { actions, type ActionName } from "./route-table";
import { requireSameOrigin } from "./same-origin";
import { webConfig } from "./web-config";
import { contextFor, publicContext, type WebContext } from "./web-context";

type ServerAction<Schema extends z.ZodType, Output> = (input: z.input<Schema>) => Promise<ActResult<Output>>;

/**
 * Makes a server action: checks where the request came from and that somebody is signed in (unless the table says `public`),
 * parses, calls the verb, maps what it throws. `name` is a literal key of the action table; the verb authorises by itself.
 */
export function action<Schema extends z.ZodType, Output>(name: ActionName, schema: Schema, verb: (ctx: WebContext, input: z.output<Schema>) => Promise<Output>): ServerAction<Schema, Output> {
  return async (input) => {
    try {
      const context = await openAction(name);
      return { ok: true, data: await verb(context, parseInput(schema, input)) };
    } catch (error) {
      return toFailure(error, name);
    }
  };
}

async function openAction(name: ActionName): Promise<WebContext> {
  const sent = await headers();
  requireSameOrigin(sent, webConfig().url);
  const identity = await currentIdentity();
  if (actions[name] === "public") return identity === null ? publicContext(clientAddress(sent)) : contextFor(identity);
  if (identity === null) throw new UnauthenticatedError("Your session has ended. Sign in again.");
  return contextFor(identity);
}

function toFailure(error: unknown, name: string): { ok: false; error: ActFailure } {
  if (isNextSignal(error)) throw error;
  const shown = reportError(error, `action ${name}`);
  return { ok: false, error: { code: shown.code, message: shown.publicMessage, ...(shown.fields === undefined ? {} : { fields: shown.fields }) } };
}

/** Next's own signals (redirect, not found) are thrown values with a digest; they must pass. */
function isNextSignal(error: unknown): boolean {
  return error instanceof Error && "digest" in error && typeof error.digest === "string" && error.digest.startsWith("NEXT_");
}
