import { z } from "zod";

/** Rules for what people type about themselves. Every verb that takes one of these parses with it, so a rule is said once. */

/** Line breaks, control characters, and those that turn the direction of what is written after them, which a name in a log could use to say something else. */
export const hasControlCharacter = (text: string) => /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(text);
/** Whether anybody could see it. */
export const hasVisibleCharacter = (text: string) => /[^\p{Z}\p{C}\p{M}]/u.test(text);

/** A person's name: any script, on one line. */
export const personNameSchema = z
  .string()
  .transform((text) => text.normalize("NFC").trim())
  .pipe(
    z
      .string()
      .refine(hasVisibleCharacter, "Give a name.")
      .refine((text) => [...text].length <= 80, "Use at most 80 characters.")
      .refine((text) => !hasControlCharacter(text), "Leave out line breaks and control characters."),
  );

/** An e-mail address, compared in lower case: one address is one account. */
export const emailSchema = z
  .string()
  .max(1000)
  .transform((text) => text.trim().toLowerCase())
  .pipe(z.email("Use an e-mail address such as name@example.com.").max(200, "Use at most 200 characters."));

/** A new password. Length is what counts; the upper end keeps hashing cheap. */
export const newPasswordSchema = z
  .string()
  .refine((text) => [...text].length >= 12, "Use at least 12 characters.")
  .refine((text) => text.length <= 200, "Use at most 200 characters.")
  .refine((text) => new Set(text).size >= 5, "Use at least 5 different characters.");

/** A password that is there already: nothing is said about its form, so that nothing is learnt from it. */
export const presentPasswordSchema = z.string().min(1, "Type your password.").max(1000, "Use at most 1000 characters.");

/** The secret part of a one-time link. */
export const linkTokenSchema = z.string().min(1, "The link is incomplete.").max(200, "This is not a link of the panel.");

/** Id of a row. */
export const rowIdSchema = z.string().min(1).max(64);
