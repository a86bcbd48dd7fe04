"use client";
import { useEffect, useState } from "react";

/**
 * The token behind `#` of a one-time link: undefined until it was read, null when there is none. It is taken off the address
 * at once, so that neither the history nor a shoulder-surfer keeps it.
 */
export function useHashToken(): string | null | undefined {
  const [token, setToken] = useState<string | null>();
  useEffect(() => {
    const found = location.hash.slice(1);
    setToken((known) => (found !== "" ? found : (known ?? null)));
    if (found !== "") history.replaceState(null, "", location.pathname);
  }, []);
  return token;
}
