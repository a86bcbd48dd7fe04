import type { z } from "zod";
import type { HandlerName } from "../route-table";

/** What one endpoint takes and gives. Its access stands in the route table under its name; OpenAPI is drawn from both. */
export type Endpoint<Params extends z.ZodObject = z.ZodObject, Query extends z.ZodObject = z.ZodObject, Body extends z.ZodType = z.ZodType, Answer extends z.ZodType = z.ZodType> = {
  name: HandlerName;
  tag: Tag;
  summary: string;
  description?: string;
  params: Params;
  query: Query;
  /** null: the request has no body. */
  body: Body | null;
  status: 200 | 201 | 202;
  /** null: the answer is not JSON; `media` says what it is. */
  answer: Answer | null;
  media?: { type: string; description: string; schema?: z.ZodType };
  /**
   * What a repeated `Idempotency-Key` gets: `replay` the first answer; `refuse`: the answer held a secret, which is kept nowhere, so
   * the repetition is told that it was done; `none`: the request changes nothing that a repetition would double.
   */
  repetition: "replay" | "refuse" | "none";
  maxBodyBytes: number;
};

export const tags = ["Projects", "Secrets", "Functions", "Gateway", "Keys", "Studio", "Domains", "Operations", "Members", "Tokens and sessions", "Activity", "Installation"] as const;
export type Tag = (typeof tags)[number];
