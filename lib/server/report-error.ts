import { InternalError, type PanelError, toPanelError } from "@/lib/access/errors";
import { webLog } from "./log";

/** The error as it may be shown. A defect is logged under a reference, which is all that the person is told of it. */
export function reportError(error: unknown, where: string): PanelError {
  const known = toPanelError(error);
  if (known.status < 500) {
    if (known.internal !== undefined) webLog().info({ where, code: known.code, internal: known.internal }, known.publicMessage);
    return known;
  }
  const reference = crypto.randomUUID().slice(0, 8);
  webLog().error({ err: error, where, reference }, known.publicMessage);
  return known instanceof InternalError ? new InternalError(`Something went wrong inside the panel. The log has the cause under ${reference}.`, { cause: error }) : known;
}
