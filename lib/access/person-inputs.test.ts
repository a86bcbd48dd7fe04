import { describe, expect, it } from "vitest";
import { personNameSchema } from "./person-inputs";
import { createTokenInput } from "./tokens";

const token = { role: "viewer", projectRefs: null, scopes: [], expiresInDays: 30 };

describe("names of people and of tokens", () => {
  it("are taken in any script, with emoji, without the space around them", () => {
    for (const name of ["Ann", "عمر الفاروق", "Dora 🦊", "👩‍🚀", "O'Brien <b>"]) {
      expect(personNameSchema.parse(` ${name} `)).toBe(name);
      expect(createTokenInput.parse({ ...token, name: ` ${name} ` }).name).toBe(name);
    }
  });

  it("are refused with line breaks, control characters and characters that turn the direction of what follows in a log", () => {
    for (const name of ["a\nb", "a\u0000b", "a\u2028b", "a\u202egnp.exe", "a\u2066b"]) {
      expect(personNameSchema.safeParse(name).error?.issues[0]?.message).toBe("Leave out line breaks and control characters.");
      expect(createTokenInput.safeParse({ ...token, name }).error?.issues[0]?.message).toBe("Leave out line breaks and control characters.");
    }
  });

  it("are refused when nobody can see them", () => {
    for (const name of ["", "  ", "\u200b"]) {
      expect(personNameSchema.safeParse(name).error?.issues[0]?.message).toBe("Give a name.");
      expect(createTokenInput.safeParse({ ...token, name }).error?.issues[0]?.message).toBe("Say what the token is for.");
    }
  });
});
