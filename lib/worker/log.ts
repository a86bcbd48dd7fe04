import pino from "pino";

export type Log = pino.Logger;

/** The worker's log: JSON lines on stderr, with everything that could hold a secret taken out. */
export function openLog(level: string = process.env["BASEHOLD_LOG_LEVEL"] ?? "info"): Log {
  return pino(
    {
      level,
      base: { process: "worker" },
      redact: { paths: ["password", "secret", "token", "*.password", "*.secret", "*.token", "headers.authorization", "headers.cookie", "headers.apikey"], censor: "[redacted]" },
    },
    pino.destination({ fd: 2, sync: false }),
  );
}
