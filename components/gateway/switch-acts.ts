import type { Act } from "@/components/act/act-result";

type Started = { operationId: string };

export type SwitchActs = {
  switchTo: Act<{ ref: string; to: "envoy" | "kong"; acknowledged: string[] }, Started>;
  endBeside: Act<{ ref: string }, Started>;
};
