import { Document, isScalar, visit, Scalar } from "yaml";

const header = " Written by Basehold from the project's settings. Edits here are lost at the next change.";

/**
 * YAML of a plain value. Strings are always quoted, because Envoy reads YAML 1.1 where a bare `n` is false; texts of
 * several lines become literal blocks.
 */
export function toYaml(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(key, node) {
      if (key !== "key" && isScalar(node) && typeof node.value === "string") node.type = node.value.includes("\n") ? Scalar.BLOCK_LITERAL : Scalar.QUOTE_DOUBLE;
    },
  });
  document.commentBefore = header;
  return document.toString({ lineWidth: 0 });
}
