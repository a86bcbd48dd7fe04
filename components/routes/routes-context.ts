"use client";
import { createContext, use } from "react";
import type { ActResult } from "@/components/act/act-result";
import type { GatewaySettings } from "@/lib/gateway/route-model";
import type { GatewayView } from "@/lib/projects/views";
import type { EditTarget, RouteActs } from "./route-acts";

/** Settings that somebody looked at, with the version of the draft that held them; null: there was no draft. */
export type Seen = { settings: GatewaySettings; version: string | null };
export type SaveResult = ActResult<{ version: string | null }> | null;
export type Conflict = { base: Seen; mine: GatewaySettings };

export type RoutesEditing = {
  view: GatewayView;
  seen: Seen;
  acts: RouteActs;
  /** Nothing can be changed now, for example while a revision is applied. */
  isLocked: boolean;
  isBusy: boolean;
  open(target: EditTarget): void;
  /** Number of the revision that was applied from this page: how it ends is said here. */
  watched: number | null;
  watch(number: number): void;
  /** Keeps `mine`, made from `base`, as the draft. When somebody else saved in between, both changes are shown first. */
  save(base: Seen, mine: GatewaySettings): Promise<SaveResult>;
};

export const EditingContext = createContext<RoutesEditing | null>(null);

/** What the routes page acts on; null outside of it. */
export function useRoutesEditing(): RoutesEditing | null {
  return use(EditingContext);
}
