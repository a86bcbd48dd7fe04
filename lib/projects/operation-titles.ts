/** What an operation is called on every page. */
const titles: Record<string, string> = {
  "project.create": "Create project",
  "project.pause": "Pause",
  "project.resume": "Resume",
  "project.restart-service": "Restart service",
  "project.edit": "Apply settings",
  "project.reconcile": "Reconcile",
  "project.delete": "Delete project",
  "project.undo-delete": "Undo delete",
  "project.purge": "Purge project",
  "project.export": "Export",
  "project.prove": "Run the contract",
  "gateway.apply": "Apply gateway routes",
  "gateway.switch": "Switch the gateway",
  "gateway.end-beside": "End the kept gateway",
  "keys.rotate": "Rotate API key",
  "keys.end-overlap": "End replaced API key",
  "keys.legacy": "Switch legacy keys",
  "keys.rotate-jwt": "Rotate JWT secret",
  "studio.users": "Change users of Studio",
  "studio.settings": "Change who reaches Studio",
  "gateway.refresh-upstreams": "Follow external upstreams",
  "project.check-public": "Check the public URL",
  "edge.turn-on": "Turn the edge on",
  "edge.turn-off": "Turn the edge off",
  "edge.edit": "Change the edge",
  "edge.join": "Move behind the edge",
  "edge.leave": "Move away from the edge",
  "domain.attach": "Attach domain",
  "domain.detach": "Remove domain",
  "domain.change": "Change domain",
  "domain.certificate": "Replace certificate",
  "function.deploy": "Deploy function",
  "function.delete": "Delete function",
  "installation.backup": "Back up the panel",
};

/** Title of an operation kind; an unknown kind is shown as it is. */
export function operationTitle(kind: string): string {
  return titles[kind] ?? kind;
}

/** Kinds of work that leave the project as it is. */
export const readOnlyKinds = ["project.export", "project.prove", "project.check-public"];
