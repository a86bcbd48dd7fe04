"use client";
import { useCallback, useEffect, useRef, useState } from "react";

export type LogEntry = { key: number; atMs: number; service: string; stream: "stdout" | "stderr"; text: string };
type LogMessage = Omit<LogEntry, "key">;

const keptLines = 5000;
const drawEveryMs = 150;

/**
 * Follows the log of one service. While paused, lines are kept aside and come in when it goes on; nothing is drawn more often
 * than the eye can follow.
 */
export function useLogStream(url: string | null, isPaused: boolean) {
  const [lines, setLines] = useState<readonly LogEntry[]>([]);
  const [state, setState] = useState<"connecting" | "live" | "lost">("connecting");
  const [waiting, setWaiting] = useState(0);
  const buffer = useRef<LogEntry[]>([]);
  const nextKey = useRef(0);

  useEffect(() => {
    buffer.current = [];
    // eslint-disable-next-line react-hooks/set-state-in-effect -- another address is another log: what was shown belongs to the old one
    setLines([]);
    setWaiting(0);
    setState("connecting");
    if (url === null) return;
    const source = new EventSource(url);
    const take = (event: MessageEvent<string>) => {
      const message = JSON.parse(event.data) as LogMessage;
      buffer.current.push({ ...message, key: nextKey.current++ });
      if (buffer.current.length > keptLines) buffer.current.splice(0, buffer.current.length - keptLines);
    };
    source.onopen = () => setState("live");
    source.onerror = () => setState("lost");
    source.onmessage = take;
    source.addEventListener("line", take);
    return () => source.close();
  }, [url]);

  useEffect(() => {
    const timer = setInterval(() => {
      if (isPaused) return setWaiting(buffer.current.length);
      if (buffer.current.length === 0) return;
      const fresh = buffer.current.splice(0);
      setLines((known) => [...known, ...fresh].slice(-keptLines));
      setWaiting(0);
    }, drawEveryMs);
    return () => clearInterval(timer);
  }, [isPaused]);

  const clear = useCallback(() => setLines([]), []);
  return { lines, state, waiting, clear };
}
