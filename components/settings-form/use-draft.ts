"use client";
import { useState } from "react";

/**
 * A draft over saved values. It follows the saved values while nothing was typed, so live updates arrive, and holds still
 * once something was.
 */
export function useDraft<Values extends Record<string, unknown>>(saved: Values) {
  const [changes, setChanges] = useState<Partial<Values>>({});
  const draft: Values = { ...saved, ...changes };
  const isChanged = (name: keyof Values) => name in changes && JSON.stringify(changes[name]) !== JSON.stringify(saved[name]);
  const isDirty = Object.keys(changes).some((name) => isChanged(name));
  return {
    draft,
    isDirty,
    isChanged,
    set: <Name extends keyof Values>(name: Name, value: Values[Name]) => setChanges((now) => ({ ...now, [name]: value })),
    reset: () => setChanges({}),
  };
}
