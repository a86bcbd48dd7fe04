import pino from "pino";

/** Names of fields whose values never reach the log. */
export const redactedPaths = [
  "password", "secret", "token", "sid", "*.password", "*.secret", "*.token", "*.sid",
  "headers.authorization", "headers.cookie", "headers.apikey", "req.headers.authorization", "req.headers.cookie", "claim",
];

const credentialInText = /\b(?:bh_[A-Za-z0-9]{20,}|sb_(?:secret|publishable)_[A-Za-z0-9_-]+|eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*|AGE-SECRET-KEY-1[A-Z0-9]+|[Bb]earer\s+\S+)|(?<=:\/\/[^\s:@/]*:)[^\s@/]+(?=@)/g;

/** The text without tokens, keys, JWTs and passwords in URLs. */
export function redactText(text: string): string {
  return text.replace(credentialInText, "[redacted]");
}

/** Web's log: JSON lines on stderr. Error texts are searched for credentials, since libraries quote what they were given. */
export function openWebLog(destination: pino.DestinationStream = pino.destination({ fd: 2, sync: false })): pino.Logger {
  return pino(
    {
      level: process.env["BASEHOLD_LOG_LEVEL"] ?? "info",
      base: { process: "web" },
      redact: { paths: redactedPaths, censor: "[redacted]" },
      serializers: { err: (error: unknown) => serialiseError(error) },
      hooks: { logMethod(args, method) { method.apply(this, args.map((arg) => (typeof arg === "string" ? redactText(arg) : arg)) as Parameters<typeof method>); } },
    },
    destination,
  );
}

function serialiseError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return redactText(String(error));
  const internal = "internal" in error ? error.internal : undefined;
  const cause = error.cause === undefined || depth > 3 ? undefined : serialiseError(error.cause, depth + 1);
  return { type: error.name, message: redactText(error.message), stack: redactText(error.stack ?? ""), internal, cause };
}

let cached: pino.Logger | null = null;

/** The log of this process. */
export function webLog(): pino.Logger {
  cached ??= openWebLog();
  return cached;
}
