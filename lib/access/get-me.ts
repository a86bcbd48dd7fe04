import type { Actor, ProjectRole } from "./actor";
import { ForbiddenError } from "./errors";
import type { VerbContext } from "./verb-context";

export type MeView = {
  kind: "user" | "token";
  userId: string;
  name: string;
  email: string | null;
  installationRole: Extract<Actor, { kind: "user" }>["installationRole"];
  projects: { ref: string; role: ProjectRole }[];
  token: { id: string; scopes: string[]; onlyProjectRefs: string[] | null } | null;
};

/** Who asks and what they hold: for a token, already lowered to what it may do. */
export async function getMe(ctx: VerbContext): Promise<MeView> {
  const { actor } = ctx;
  if (actor.kind !== "user" && actor.kind !== "token") throw new ForbiddenError("Only a person or a token of theirs is somebody here.");
  const only = actor.kind === "token" ? actor.onlyProjectIds : null;
  const rows = await ctx.store.db.project.findMany({ where: { id: { in: [...Object.keys(actor.projectRoles), ...(only ?? [])] } }, select: { id: true, ref: true }, orderBy: { ref: "asc" } });
  const isOpen = (id: string) => only === null || only.includes(id);
  return {
    kind: actor.kind, userId: actor.userId, name: actor.name, email: actor.kind === "user" ? actor.email : null, installationRole: actor.installationRole,
    projects: rows.flatMap(({ id, ref }) => {
      const role = actor.projectRoles[id];
      return role === undefined || !isOpen(id) ? [] : [{ ref, role }];
    }),
    token: actor.kind === "user" ? null : { id: actor.tokenId, scopes: [...actor.scopes], onlyProjectRefs: only === null ? null : rows.filter((row) => only.includes(row.id)).map((row) => row.ref) },
  };
}
