export const roleLabels: Record<string, string> = { owner: "Owner", admin: "Admin", operator: "Operator", viewer: "Viewer", none: "Own projects only" };

/** What a role may do, in one line. */
export const roleHints: Record<string, string> = {
  owner: "Everything, other owners and the installation included.",
  admin: "Settings, secrets, export, delete and people of every project.",
  operator: "Creates projects, pauses, resumes, restarts, deploys functions, reads logs.",
  viewer: "Sees projects, their state and activity.",
  none: "Sees only the projects given to them.",
};

const order = ["none", "viewer", "operator", "admin", "owner"];

/** Roles that somebody of this role may give: never above their own. `isOverProject`: roles inside one project. */
export function rolesUpTo(own: string, isOverProject: boolean): string[] {
  const all = isOverProject ? ["viewer", "operator", "admin"] : order;
  return all.filter((role) => order.indexOf(role) <= order.indexOf(own)).toReversed();
}
