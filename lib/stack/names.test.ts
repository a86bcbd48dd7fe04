import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { objectNamePattern, objectNames, parseDisplayName, projectRefPattern, suggestRef } from "./names";
import { allServices } from "./sample-input.fixture";

describe("names of Docker objects", () => {
  it("follow their grammar, hold nothing a person typed, and differ between installations, projects and parts", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.stringMatching(/^[a-z0-9]{12}$/), (instanceId, projectId) => {
        const names = objectNames(instanceId, projectId);
        const all = [...allServices.map(names.container), ...["db-data", "functions", "deno-cache"].map(names.volume), names.network()];
        for (const name of all) expect(name).toMatch(objectNamePattern);
        for (const name of all) expect(name).toContain(projectId);
      }),
    );
  });

  it("are refused for an id or a part outside of its grammar", () => {
    expect(() => objectNames("abcdef", "../../etc/pw")).toThrow(RangeError);
    expect(() => objectNames("a", "abcdef123456")).toThrow(RangeError);
    expect(() => objectNames("abcdef", "abcdef123456").volume("a/b")).toThrow(RangeError);
  });
});

describe("a suggested reference", () => {
  it("follows the grammar, whatever the project is called", () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary", maxLength: 120 })), (name) => {
      expect(suggestRef(name)).toMatch(projectRefPattern);
    }));
    expect([suggestRef("My Shop!"), suggestRef("Café Größe"), suggestRef("日本語"), suggestRef('"; DROP TABLE')]).toEqual(["my-shop", "cafe-gro-e", "project", "drop-table"]);
  });
});

describe("a display name", () => {
  it("keeps what people write in any script and refuses what cannot be seen", () => {
    for (const name of ["Shop", "Ünïcödé", "日本語", "مشروع", "👩‍🚀 rockets", `quotes " ' $(id) \`x\``]) expect(parseDisplayName(`  ${name} `)).toEqual({ ok: true, value: name.normalize("NFC") });
    for (const name of ["", "   ", "a\nb", "a\u0000b", "\u202eevil", "\u200b", "x".repeat(61)]) expect(parseDisplayName(name)).toMatchObject({ ok: false });
  });
});
