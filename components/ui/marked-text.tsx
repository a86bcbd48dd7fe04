import { Mono } from "./code-block";

/** A sentence in which `commands between backticks` are set as machine text. */
export function MarkedText({ text }: { text: string }) {
  return text.split("`").map((part, index) => (index % 2 === 1 ? <Mono key={index}>{part}</Mono> : part));
}
