import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBinary, decodeText, encode, MalformedFrame, readVersion, type Message } from "./serializer";

const message = fc.record({
  joinRef: fc.option(fc.string()),
  ref: fc.option(fc.string()),
  topic: fc.string(),
  event: fc.string(),
  payload: fc.dictionary(fc.string().filter((key) => key !== "__proto__"), fc.oneof(fc.string(), fc.integer(), fc.boolean())),
});

/** A frame as realtime-js writes it for a broadcast: kind 3, five lengths, the encoding, the fields, the content. */
function pushFrame(fields: string[], encoding: number, content: Uint8Array): Uint8Array {
  const parts = fields.map((field) => new TextEncoder().encode(field));
  return Uint8Array.from([3, ...parts.map((part) => part.length), encoding, ...parts.flatMap((part) => [...part]), ...content]);
}

describe("text frames", () => {
  it("come back as they were in both versions", () => {
    fc.assert(
      fc.property(message, fc.constantFrom("1.0.0" as const, "2.0.0" as const), (sent, version) => {
        expect(decodeText(version, encode(version, sent) as string)).toEqual(sent);
      }),
    );
  });

  it("version 1 is an object and version 2 an array of five", () => {
    const sent: Message = { joinRef: "1", ref: "2", topic: "realtime:room", event: "phx_join", payload: { a: 1 } };
    expect(JSON.parse(encode("1.0.0", sent) as string)).toEqual({ topic: "realtime:room", event: "phx_join", payload: { a: 1 }, ref: "2", join_ref: "1" });
    expect(JSON.parse(encode("2.0.0", sent) as string)).toEqual(["1", "2", "realtime:room", "phx_join", { a: 1 }]);
  });

  it("a frame that is no message is refused, whatever it holds", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        for (const version of ["1.0.0", "2.0.0"] as const) {
          try {
            expect(typeof decodeText(version, text).topic).toBe("string");
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedFrame);
          }
        }
      }),
    );
  });

  it("a socket that does not ask for version 2 speaks version 1", () => {
    expect([readVersion("2.0.0"), readVersion("1.0.0"), readVersion(null), readVersion("9")]).toEqual(["2.0.0", "1.0.0", "1.0.0", "1.0.0"]);
  });
});

describe("binary frames", () => {
  it("a pushed broadcast of JSON is read with its fields, also beyond ASCII", () => {
    const frame = pushFrame(["7", "8", "realtime:räum", "wörd", '{"persist":true}'], 1, new TextEncoder().encode('{"x":"é"}'));
    expect(decodeBinary(frame)).toEqual({
      joinRef: "7", ref: "8", topic: "realtime:räum", event: "broadcast", payload: { type: "broadcast", event: "wörd", meta: { persist: true }, payload: { x: "é" } },
    });
  });

  it("a broadcast of bytes leaves as kind 4 with the same bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (content) => {
        const read = decodeBinary(pushFrame(["", "1", "t", "e", ""], 0, content));
        const frame = encode("2.0.0", { ...read, joinRef: null, ref: null }) as Uint8Array;
        expect([...frame]).toEqual([4, 1, 1, 0, 0, ...new TextEncoder().encode("te"), ...content]);
      }),
    );
  });

  it("a frame that is shorter than its lengths say, or of another kind, is refused", () => {
    expect(() => decodeBinary(Uint8Array.from([3, 1, 1, 200, 1, 0, 1, 65]))).toThrow(MalformedFrame);
    expect(() => decodeBinary(Uint8Array.from([1, 0, 0, 0, 0, 0, 0]))).toThrow(MalformedFrame);
    expect(() => decodeBinary(new Uint8Array())).toThrow(MalformedFrame);
  });
});
