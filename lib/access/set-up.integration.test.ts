import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConflictError, ForbiddenError, InvalidError, NotFoundError } from "./errors";
import { createPasswordResetLink, passwordResetLinkMs, redeemPasswordReset } from "./password-reset";
import { openScene, passwordOfAll, type Scene } from "./people.fixture";
import { hashSecretText } from "./secret-text";
import { createSetUpLink, isSetUp, lookUpSetUp, redeemSetUp, setUpLinkMs } from "./set-up";
import { signIn } from "./sign-in";

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.close());

const panelUrl = "https://panel.example.com";
const tokenOf = (link: string) => new URL(link).hash.slice(1);
const person = { name: "Ada", email: "ada@example.com", password: passwordOfAll };

describe("the set-up link", () => {
  it("is built from the configured address, carries its token behind # and is stored as a hash", async () => {
    const { link } = await createSetUpLink(scene.cli, { panelUrl });
    expect(link).toMatch(/^https:\/\/panel\.example\.com\/set-up#[A-Za-z0-9]{43}$/);
    const rows = await scene.store.db.oneTimeLink.findMany();
    expect(rows).toMatchObject([{ kind: "setup", tokenHash: await hashSecretText(tokenOf(link)) }]);
    expect(JSON.stringify([rows, await scene.store.db.auditEntry.findMany()])).not.toContain(tokenOf(link));
  });

  it("makes the owner once, however many open it at the same moment", async () => {
    const { link } = await createSetUpLink(scene.cli, { panelUrl });
    const token = tokenOf(link);
    const results = await Promise.allSettled(["a", "b", "c"].map((name) => redeemSetUp(scene.anonymous(), { ...person, token, email: `${name}@example.com` })));
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    expect(await scene.store.db.user.findMany()).toMatchObject([{ installationRole: "owner" }]);
    await expect(lookUpSetUp(scene.anonymous(), { token })).rejects.toBeInstanceOf(NotFoundError);
  });

  it("is replaced when it is printed again, ends after a day, and cannot be had once there is an owner", async () => {
    const first = await createSetUpLink(scene.cli, { panelUrl });
    const second = await createSetUpLink(scene.cli, { panelUrl });
    await expect(redeemSetUp(scene.anonymous(), { ...person, token: tokenOf(first.link) })).rejects.toBeInstanceOf(NotFoundError);
    scene.advance(setUpLinkMs);
    await expect(redeemSetUp(scene.anonymous(), { ...person, token: tokenOf(second.link) })).rejects.toBeInstanceOf(NotFoundError);
    const third = await createSetUpLink(scene.cli, { panelUrl });
    await redeemSetUp(scene.anonymous(), { ...person, token: tokenOf(third.link) });
    expect(await isSetUp(scene.store.db)).toBe(true);
    await expect(createSetUpLink(scene.cli, { panelUrl })).rejects.toBeInstanceOf(ConflictError);
  });

  it("cannot be made by anybody over the web, owners included", async () => {
    await expect(createSetUpLink(await scene.signedIn(await scene.addPerson("Olga", "owner")), { panelUrl })).rejects.toBeInstanceOf(ForbiddenError);
    await expect(createPasswordResetLink(scene.anonymous(), { email: "olga@example.com", panelUrl })).rejects.toBeInstanceOf(ForbiddenError);
  });

  it("stays good after an input that was refused, and names each field with its rule", async () => {
    const { link } = await createSetUpLink(scene.cli, { panelUrl });
    const refused = await redeemSetUp(scene.anonymous(), { token: tokenOf(link), name: " ", email: "nobody", password: "short" }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(InvalidError);
    expect(Object.keys((refused as InvalidError).fields ?? {}).toSorted()).toEqual(["email", "name", "password"]);
    await redeemSetUp(scene.anonymous(), { ...person, token: tokenOf(link) });
  });
});

describe("the reset link", () => {
  it("sets a new password once and ends every session of the person", async () => {
    const id = await scene.addPerson("Ada", "owner");
    const { claim } = await scene.signedIn(id);
    const { link } = await createPasswordResetLink(scene.cli, { email: "ADA@example.com", panelUrl });
    await redeemPasswordReset(scene.anonymous(), { token: tokenOf(link), password: "another long password" });
    expect(await scene.nextRequest(claim)).toBeNull();
    await signIn(scene.anonymous(), { email: "ada@example.com", password: "another long password", userAgent: "" });
    await expect(redeemPasswordReset(scene.anonymous(), { token: tokenOf(link), password: "a third long password" })).rejects.toBeInstanceOf(NotFoundError);
  });

  it("ends after two hours, and is no set-up link", async () => {
    await scene.addPerson("Ada", "owner");
    const { link } = await createPasswordResetLink(scene.cli, { email: "ada@example.com", panelUrl });
    await expect(redeemSetUp(scene.anonymous(), { ...person, token: tokenOf(link) })).rejects.toBeInstanceOf(NotFoundError);
    scene.advance(passwordResetLinkMs);
    await expect(redeemPasswordReset(scene.anonymous(), { token: tokenOf(link), password: "another long password" })).rejects.toBeInstanceOf(NotFoundError);
  });
});
