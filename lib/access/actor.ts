/** Who acts. Loaded anew for each request, so a changed role or a revoked session counts at once. */
export type InstallationRole = "owner" | "admin" | "operator" | "viewer" | "none";
export type ProjectRole = "admin" | "operator" | "viewer";

export type TokenScope = "reveal" | "export" | "delete" | "roles";

export type Actor =
  | {
      kind: "user";
      userId: string;
      sessionId: string;
      name: string;
      email: string;
      installationRole: InstallationRole;
      /** Project id → role. */
      projectRoles: Readonly<Record<string, ProjectRole>>;
      /** When the password was last confirmed in this session. */
      passwordProvedAt: Date;
      ip: string | null;
    }
  | {
      kind: "token";
      userId: string;
      tokenId: string;
      name: string;
      /** Already the lower of the token's role and its person's role. */
      installationRole: InstallationRole;
      projectRoles: Readonly<Record<string, ProjectRole>>;
      /** null: every project that its person may see. */
      onlyProjectIds: readonly string[] | null;
      scopes: readonly TokenScope[];
      ip: string | null;
    }
  | { kind: "setup"; name: string }
  | { kind: "cli"; name: string }
  | { kind: "system"; name: string };
