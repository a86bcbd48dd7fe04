import type { z } from "zod";

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

/** What is wrong with an input, where its schema says nothing of its own. Never repeats what was sent: it may be a secret. */
export function inputWords(issue: RawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined ? "This is missing." : `Use ${kinds[issue.expected] ?? "another kind of value"}.`;
    case "invalid_value":
      return issue.input === undefined ? "This is missing." : issue.values.length === 1 ? `Use ${String(issue.values[0])}.` : `Use one of ${issue.values.map(String).join(", ")}.`;
    case "too_big":
      return sizeWords(issue.origin, issue.maximum, "at most");
    case "too_small":
      return issue.origin === "string" && issue.minimum === 1 ? "This is empty." : sizeWords(issue.origin, issue.minimum, "at least");
    case "invalid_format":
      return `Use ${formats[issue.format] ?? "a text of the form that is asked for"}.`;
    case "unrecognized_keys":
      return `There is no field ${issue.keys.join(", ")}.`;
    case "invalid_union":
      return issue.input === undefined ? "This is missing." : "This is none of the kinds of value that are taken here.";
    default:
      return "This value is not taken here.";
  }
}

const kinds: Record<string, string> = { string: "a text", number: "a number", int: "a whole number", boolean: "true or false", array: "a list", object: "an object with fields", record: "an object with fields", date: "a date", null: "null" };

const formats: Record<string, string> = { email: "an email address", url: "an address such as https://example.com", datetime: "a time such as 2027-01-01T00:00:00Z", date: "a date such as 2027-01-01", ipv4: "an IPv4 address", ipv6: "an IPv6 address", uuid: "an id as the API gave it" };

function sizeWords(origin: string, limit: number | bigint, bound: "at most" | "at least"): string {
  if (origin === "string") return `Use ${bound} ${String(limit)} character${limit === 1 ? "" : "s"}.`;
  if (origin === "array" || origin === "set") return `Use ${bound} ${String(limit)} ${limit === 1 ? "entry" : "entries"}.`;
  return `Use ${String(limit)} ${bound}.`;
}
