import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { InstallationRole, ProjectRole } from "./actor";
import { auditCsv, csvCell, listAudit } from "./audit-log";
import { authorize, may, passwordProofMs } from "./authorize";
import { ForbiddenError, InvalidError, NotFoundError, PasswordRequiredError } from "./errors";
import { openScene, type Scene } from "./people.fixture";
import { hashSecretText } from "./secret-text";
import { changeTeamRole } from "./team";
import { createToken, listAllTokens, listTokens, revokeToken, tokenRolesOf } from "./tokens";

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.close());

const as = async (name: string, role: InstallationRole, projects: Record<string, ProjectRole> = {}) => scene.signedIn(await scene.addPerson(name, role, projects));
const wish = { name: "deploy", role: "operator", projectRefs: null, scopes: [], expiresInDays: 30 };
const opened = async (token: string) => {
  const actor = await scene.nextRequest({ kind: "token", token });
  if (actor === null) throw new Error("The token opens nothing.");
  return scene.context(actor);
};

describe("API tokens", () => {
  it("are shown once, start with bh_ and are stored as a hash with their first characters", async () => {
    const ada = await as("Ada", "operator");
    const { token } = await createToken(ada, wish);
    expect(token).toMatch(/^bh_[A-Za-z0-9]{43}$/);
    const rows = await scene.store.db.apiToken.findMany();
    expect(rows).toMatchObject([{ tokenHash: await hashSecretText(token), prefix: token.slice(0, 9) }]);
    expect(JSON.stringify([rows, await listTokens(ada), await scene.store.db.auditEntry.findMany()])).not.toContain(token);
  });

  it("cannot be made with a role above one's own", async () => {
    const projectId = await scene.addProject("shop");
    expect(tokenRolesOf((await as("Vera", "viewer")).actor)).toEqual(["viewer"]);
    expect(tokenRolesOf((await as("Pia", "none", { [projectId]: "admin" })).actor)).toEqual(["admin", "operator", "viewer"]);
    await expect(createToken(await as("Will", "viewer"), wish)).rejects.toBeInstanceOf(InvalidError);
  });

  it("get scopes only right after the password was typed", async () => {
    const ada = await as("Ada", "admin");
    scene.advance(passwordProofMs + 1);
    await createToken(ada, wish);
    await expect(createToken(ada, { ...wish, scopes: ["reveal"] })).rejects.toBeInstanceOf(PasswordRequiredError);
  });

  it("sink with their person's role at the next request", async () => {
    const owner = await as("Olga", "owner");
    const adaId = await scene.addPerson("Ada", "admin");
    const { token } = await createToken(await scene.signedIn(adaId), { ...wish, role: "admin", scopes: ["reveal"] });
    expect(may((await opened(token)).actor, "secret.reveal", "any")).toBe("yes");
    await changeTeamRole(owner, { userId: adaId, role: "viewer" });
    expect(may((await opened(token)).actor, "secret.reveal", "any")).toBe("no");
  });

  it("open only the projects they were made for", async () => {
    const [shopId] = [await scene.addProject("shop"), await scene.addProject("blog")];
    const { token } = await createToken(await as("Ada", "operator"), { ...wish, projectRefs: ["shop"] });
    const ctx = await opened(token);
    expect((await authorize(ctx, "project.pause", "shop")).id).toBe(shopId);
    await expect(authorize(ctx, "project.see", "blog")).rejects.toBeInstanceOf(NotFoundError);
    expect(may(ctx.actor, "project.create")).toBe("no");
  });

  it("cannot be made for a project that one does not see", async () => {
    await scene.addProject("shop");
    await expect(createToken(await as("Ada", "none", { [await scene.addProject("blog")]: "operator" }), { ...wish, projectRefs: ["shop"] })).rejects.toMatchObject({ fields: { projectRefs: "There is no project shop." } });
  });

  it("end when they expire or are revoked, and with the person", async () => {
    const ada = await as("Ada", "operator");
    const { token, id } = await createToken(ada, wish);
    await revokeToken(ada, { tokenId: id });
    expect(await scene.nextRequest({ kind: "token", token })).toBeNull();
    const second = await createToken(ada, { ...wish, expiresInDays: 1 });
    scene.advance(24 * 3_600_000);
    expect(await scene.nextRequest({ kind: "token", token: second.token })).toBeNull();
  });

  it("are nobody else's to see or revoke, except for owners", async () => {
    const ada = await as("Ada", "operator");
    const { id } = await createToken(ada, wish);
    const admin = await as("Adam", "admin");
    await expect(listAllTokens(admin)).rejects.toBeInstanceOf(ForbiddenError);
    await expect(revokeToken(admin, { tokenId: id })).rejects.toBeInstanceOf(NotFoundError);
    const owner = await as("Olga", "owner");
    expect(await listAllTokens(owner)).toMatchObject([{ id, ownerName: "Ada" }]);
    await revokeToken(owner, { tokenId: id });
  });

  it("make no tokens and manage no sessions", async () => {
    const { token } = await createToken(await as("Olga", "owner"), { ...wish, role: "admin", scopes: ["roles"] });
    await expect(createToken(await opened(token), wish)).rejects.toBeInstanceOf(ForbiddenError);
  });
});

describe("the audit log", () => {
  it("is for owners, can be filtered, and goes on page by page without a gap", async () => {
    const owner = await as("Olga", "owner");
    for (let count = 0; count < 7; count++) await createToken(owner, { ...wish, name: `t${count}` });
    await expect(listAudit(await as("Adam", "admin"))).rejects.toBeInstanceOf(ForbiddenError);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listAudit(owner, { limit: 3, action: "token.", cursor });
      seen.push(...page.items.map((item) => item.summary));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen.toSorted()).toEqual(Array.from({ length: 7 }, (_, index) => `Token t${index} made`));
    expect((await listAudit(owner, { actor: "Nobody" })).items).toEqual([]);
  });

  it("is exported as CSV in which no name becomes a formula", async () => {
    const owner = await as("Olga", "owner");
    await createToken(owner, { ...wish, name: 'a "b", c' });
    let text = "";
    for await (const piece of auditCsv(owner, { action: "token." })) text += piece;
    expect(text.split("\r\n")[1]).toContain('"Token a ""b"", c made"');
    expect(["=1+1", "+1", "-1", "@x"].map(csvCell)).toEqual(["'=1+1", "'+1", "'-1", "'@x"]);
  });
});
