import type { Act } from "@/components/act/act-result";

export type FunctionAnswer = { status: number; headers: Record<string, string>; body: string; durationMs: number };

export type FunctionActs = {
  deploy: Act<{ ref: string; name: string; files: { path: string; contentBase64: string }[] }, { operationId: string; version: number }>;
  remove: Act<{ ref: string; name: string }, { operationId: string }>;
};
