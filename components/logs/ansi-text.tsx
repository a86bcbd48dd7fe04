export type AnsiPart = { text: string; tone: "plain" | "red" | "green" | "yellow" | "blue" | "dim"; isBold: boolean };

const toneOf: Record<string, AnsiPart["tone"]> = { "31": "red", "91": "red", "32": "green", "92": "green", "33": "yellow", "93": "yellow", "34": "blue", "94": "blue", "36": "blue", "96": "blue", "90": "dim", "2": "dim" };

/** Splits a line at its colour codes. Every other escape sequence is dropped, and nothing is ever read as markup. */
export function parseAnsi(line: string): AnsiPart[] {
  const parts: AnsiPart[] = [];
  let tone: AnsiPart["tone"] = "plain";
  let isBold = false;
  let at = 0;
   
  for (const match of line.matchAll(/\u001b\[([0-9;?]*)([A-Za-z])/g)) {
    if (match.index > at) parts.push({ text: line.slice(at, match.index), tone, isBold });
    at = match.index + match[0].length;
    if (match[2] !== "m") continue;
    for (const code of (match[1] ?? "").split(";")) {
      if (code === "" || code === "0") [tone, isBold] = ["plain", false];
      else if (code === "1") isBold = true;
      else if (code === "39") tone = "plain";
      else tone = toneOf[code] ?? tone;
    }
  }
  if (at < line.length || parts.length === 0) parts.push({ text: line.slice(at), tone, isBold });
  return parts;
}

const inks: Record<AnsiPart["tone"], string> = { plain: "", red: "text-bad", green: "text-good", yellow: "text-warn", blue: "text-busy", dim: "text-ink-3" };

/** A log line with its colours. */
export function AnsiText({ line }: { line: string }) {
  return parseAnsi(line).map((part, index) => (
    <span key={index} className={`${inks[part.tone]} ${part.isBold ? "font-semibold" : ""}`}>
      {part.text}
    </span>
  ));
}
