/**
 * Test only: makes the process kill itself, as a power cut would, at the point that BASEHOLD_CRASH_AT names (`<step>:<before|after>`).
 * Undefined where nothing is named.
 */
export function crashHook(crashAt: string | null, kill: () => void = () => process.kill(process.pid, "SIGKILL")): ((point: string) => void) | undefined {
  if (crashAt === null) return undefined;
  return (point) => {
    if (point === crashAt) kill();
  };
}
