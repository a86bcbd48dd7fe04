import type { Door, DoorFix, ProjectDoors, Reach, Severity } from "@/lib/access/doors-protocol";
import { restartsAfter, restartSentence } from "./restart-sentence";

export const reachWords: Record<Reach, string> = { loopback: "This machine only", network: "Private network", everyone: "Everyone" };
export const severityWords: Record<Severity, string> = { ok: "As it should be", notice: "To know", warn: "Look at it", danger: "Should be closed" };

/** `host:port` as it is typed; IPv6 in brackets. */
export function doorAddress({ address, port }: Pick<Door, "address" | "port">): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Whether a connection was taken when it was tried. */
export function answerWords(answers: boolean | null): string {
  if (answers === null) return "Not tried";
  return answers ? "Answers" : "Does not answer";
}

/** What the page says first: the worst of it, in one sentence. Null: there are no doors to say anything of. */
export function summaryOf(doors: readonly Door[]): { tone: "good" | "info" | "warn" | "bad"; sentence: string } | null {
  if (doors.length === 0) return null;
  const count = (severity: Severity) => doors.filter((door) => door.severity === severity).length;
  const [danger, warn, notice] = [count("danger"), count("warn"), count("notice")];
  const unasked = doors.filter(({ isExpected }) => !isExpected).length;
  const more = unasked === 0 ? "" : ` ${unasked} of ${doors.length} ${unasked === 1 ? "is" : "are"} not asked for in the settings.`;
  if (danger > 0) return { tone: "bad", sentence: `${doorsOf(danger)} should be closed.${more}` };
  if (warn > 0) return { tone: "warn", sentence: `${doorsOf(warn)} ${warn === 1 ? "needs" : "need"} a look.${more}` };
  if (notice > 0) return { tone: "info", sentence: `${doorsOf(notice)} ${notice === 1 ? "is" : "are"} open to the private network, as the settings ask.` };
  const isLocal = doors.every(({ reach }) => reach === "loopback");
  return { tone: "good", sentence: `${doorsOf(doors.length)}, as the settings ask${isLocal ? ", for programs of this machine alone" : ""}.` };
}

const doorsOf = (count: number) => (count === 1 ? "1 door" : `${count} doors`);

type Act = { label: string; title: string; restarts: string };

/** The button of a fix and what pressing it restarts. Null for what only a person on the machine can do. */
export function actOf(fix: DoorFix, door: Pick<Door, "service" | "container">, settings: ProjectDoors["settings"]): Act | null {
  if (fix.kind === "by-hand") return null;
  if (fix.kind === "reconcile") {
    return { label: "Reconcile", title: `Reconcile ${door.service ?? door.container}`, restarts: door.service !== null && settings?.services.some((name) => name === door.service) ? restartSentence([door.service]) : `${door.container} is removed.` };
  }
  if (fix.setting === null || settings === null) return null;
  const isAddress = fix.setting === "bindAddress";
  return { label: isAddress ? "Listen on this machine only" : "Close the direct port", title: isAddress ? "Listen on this machine only" : "Close the direct database port", restarts: restartSentence(restartsAfter([fix.setting], asTold(settings))) };
}

/** A public URL on this machine stays as it is when the project listens on this machine only, and nobody has to be told of another. */
function asTold(settings: NonNullable<ProjectDoors["settings"]>): NonNullable<ProjectDoors["settings"]> {
  return settings.publicUrl.startsWith("http://127.0.0.1:") ? { ...settings, publicUrl: "" } : settings;
}
