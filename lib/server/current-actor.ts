import { cache } from "react";
import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import type { Actor } from "@/lib/access/actor";
import { authorize, may } from "@/lib/access/authorize";
import { NotFoundError, UnauthenticatedError } from "@/lib/access/errors";
import { permissions } from "@/lib/access/permissions";
import { clientAddress } from "./client-address";
import { identify, readBearer, type Identity } from "./identity";
import { pages, type PagePath } from "./route-table";
import { contextFor, publicContext, type WebContext } from "./web-context";

/** Who asks for this page or action, once per request; null for nobody. Pages are for people: a token opens none. */
export const currentIdentity = cache(async (): Promise<Identity | null> => {
  const sent = await headers();
  return readBearer(sent) === null ? identify(sent) : null;
});

/** The signed-in person, or null. */
export async function currentActor(): Promise<Actor | null> {
  return (await currentIdentity())?.actor ?? null;
}

/**
 * The first line of every page: checks the page's own entry of the route table and returns the context for its queries.
 * Nobody is sent to sign in; who may not see the page gets the page of things that do not exist.
 */
export async function openPage(path: PagePath, params: { ref?: string } = {}): Promise<WebContext> {
  const access = pages[path];
  const identity = await currentIdentity();
  if (access === "public") return identity === null ? publicContext(clientAddress(await headers())) : contextFor(identity);
  if (identity === null) redirect(await signInPath());
  const context = await contextFor(identity);
  if (access === "signed-in" || access === "person") return context;
  if (permissions[access].over === "installation") {
    if (may(context.actor, access) === "no") notFound();
    return context;
  }
  if (params.ref === undefined) throw new Error(`The page ${path} is about a project: give its ref to openPage().`);
  const project = await forPage(authorize(context, "project.see", params.ref));
  if (may(context.actor, access, project.id) === "no") notFound();
  return context;
}

/** Turns the errors of a query into what a page does: nothing there, or sign in first. Others go to the error page. */
export async function forPage<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof NotFoundError) notFound();
    if (error instanceof UnauthenticatedError) redirect(await signInPath());
    throw error;
  }
}

/** Where nobody is sent, with the way back. */
async function signInPath(): Promise<string> {
  const wanted = (await headers()).get("x-basehold-path");
  return wanted === null || wanted === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(wanted)}`;
}

/** The way back after sign-in: a path of the panel, never another site. */
export function safeNextPath(next: string | string[] | undefined): string {
  if (typeof next !== "string" || !/^\/(?![/\\])[^\p{Cc}\\]*$/u.test(next)) return "/";
  return next;
}
