import type { ServiceName } from "@/lib/stack/desired";
import type { ServiceChoice } from "./service-choice";

/** What is typed so far, as text. */
export type NewProjectDraft = {
  displayName: string;
  ref: string;
  release: string;
  services: ServiceName[];
  reach: "local" | "all" | "one";
  address: string;
  gatewayPort: string;
  isDirectDatabasePortOpen: boolean;
  postgresPassword: string;
};

/** What is sent: only what differs from the defaults, so that the defaults stay the server's to choose. */
export type NewProjectInput = {
  displayName: string;
  ref?: string;
  release?: string;
  services?: ServiceName[];
  bindAddress?: string;
  gatewayPort?: string;
  isDirectDatabasePortOpen?: boolean;
  postgresPassword?: string;
};

export function emptyDraft(release: string, services: ServiceName[]): NewProjectDraft {
  return { displayName: "", ref: "", release, services, reach: "local", address: "", gatewayPort: "", isDirectDatabasePortOpen: false, postgresPassword: "" };
}

export function toInput(draft: NewProjectDraft, catalogue: readonly ServiceChoice[]): NewProjectInput {
  const input: NewProjectInput = { displayName: draft.displayName };
  if (draft.ref.trim() !== "") input.ref = draft.ref.trim();
  if (draft.release !== "") input.release = draft.release;
  if (draft.services.length !== catalogue.length) input.services = draft.services;
  if (draft.reach === "all") input.bindAddress = "0.0.0.0";
  if (draft.reach === "one") input.bindAddress = draft.address.trim();
  if (draft.gatewayPort.trim() !== "") input.gatewayPort = draft.gatewayPort.trim();
  if (draft.isDirectDatabasePortOpen) input.isDirectDatabasePortOpen = true;
  if (draft.postgresPassword !== "") input.postgresPassword = draft.postgresPassword;
  return input;
}
