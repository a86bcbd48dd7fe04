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
    // eslint-disable-next-line react-hooks/set-state-in-effect -- the part behind `#` exists in the browser only, so it is read after the first render
    setToken((known) => (found !== "" ? found : (known ?? null)));
    if (found !== "") history.replaceState(null, "", location.pathname);
  }, []);
  return token;
}
