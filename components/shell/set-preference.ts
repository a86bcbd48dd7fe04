"use client";
import { themeCookie, type Theme } from "./preferences";

/** Remembers a choice for a year. It holds no secret and is needed by nothing but drawing. */
export function setPreference(cookie: string, value: string) {
  document.cookie = `${cookie}=${value}; path=/; max-age=31536000; samesite=lax`;
}

/** Changes the theme at once and remembers it. */
export function setTheme(theme: Theme) {
  setPreference(themeCookie, theme);
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
