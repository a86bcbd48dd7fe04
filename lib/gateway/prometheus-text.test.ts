import fc from "fast-check";
import { expect, test } from "vitest";
import { parsePrometheusText } from "./prometheus-text";

test("samples are read with their labels, and what is no sample is left out", () => {
  const text = ["HTTP/1.1 200 OK", "Content-Type: text/plain", "", "# HELP a Words", "# TYPE a counter", 'a{b="x",c="y, {z}"} 3 1700000000000', "plain 1.5e3", 'h_bucket{le="00025.0"} 2', 'h_bucket{le="+Inf",} 4', "broken{ 1", "words only", "nan NaN", "\r"].join("\n");
  expect(parsePrometheusText(text)).toEqual([
    { name: "a", labels: { b: "x", c: "y, {z}" }, value: 3 }, { name: "plain", labels: {}, value: 1500 }, { name: "h_bucket", labels: { le: "00025.0" }, value: 2 }, { name: "h_bucket", labels: { le: "+Inf" }, value: 4 },
  ]);
});

test("any label comes back as it was written", () => {
  const escape = (value: string) => value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
  const arbLabels = fc.dictionary(fc.stringMatching(/^[a-z_]\w{0,8}$/), fc.string({ unit: "grapheme" }).filter((text) => !/[\r\u2028\u2029]/.test(text)), { maxKeys: 4 });
  fc.assert(fc.property(arbLabels, fc.nat(), (labels, value) => {
    const written = Object.entries(labels).map(([name, text]) => `${name}="${escape(text)}"`).join(",");
    expect(parsePrometheusText(`m{${written}} ${value}`)).toEqual([{ name: "m", labels, value }]);
  }));
});

test("any text is read without an error", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void parsePrometheusText(`${text}\nm{${text}} 1`)));
});
