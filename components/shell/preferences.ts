/** What a person chose for this browser. Kept in cookies, so the server draws the page right the first time. */
export const themeCookie = "basehold-theme";
export const railCookie = "basehold-rail";

export type Theme = "system" | "light" | "dark";

/** Reads a theme from a cookie's value; anything else means "as the system". */
export function parseTheme(value: string | undefined): Theme {
  return value === "light" || value === "dark" ? value : "system";
}
