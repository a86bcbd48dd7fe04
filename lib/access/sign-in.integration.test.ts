import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LimitExceededError, UnauthenticatedError } from "./errors";
import { openScene, passwordOfAll, type Scene } from "./people.fixture";
import { hashSecretText } from "./secret-text";
import { signIn, signOut } from "./sign-in";
import { networkOf, waitAfter } from "./throttle";

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.close());

const right = (email = "ada@example.com") => ({ email, password: passwordOfAll, userAgent: "Firefox" });
const wrong = (email = "ada@example.com") => ({ email, password: "not the password", userAgent: "Firefox" });
const failed = async (work: Promise<unknown>) => work.then(() => "worked", (error: unknown) => (error instanceof LimitExceededError ? "wait" : error instanceof UnauthenticatedError ? "wrong" : String(error)));

describe("signing in", () => {
  it("opens a session of which the store knows only the hash", async () => {
    const userId = await scene.addPerson("Ada", "viewer");
    const { sid } = await signIn(scene.anonymous(), { ...right(), email: "  ADA@example.com " });
    const [session] = await scene.store.db.session.findMany();
    expect(session).toMatchObject({ userId, tokenHash: await hashSecretText(sid), ip: "203.0.113.7" });
    expect(JSON.stringify(session)).not.toContain(sid);
    expect(await scene.nextRequest({ kind: "session", sid })).toMatchObject({ kind: "user", userId, installationRole: "viewer" });
    expect(await scene.store.db.auditEntry.findMany()).toMatchObject([{ action: "session.sign-in", actorName: "Ada", ip: "203.0.113.7" }]);
  });

  it("says the same for a wrong password, an unknown address, no address and a removed person", async () => {
    await scene.addPerson("Ada", "viewer");
    const gone = await scene.addPerson("Bob", "owner");
    await scene.store.db.user.update({ where: { id: gone }, data: { removedAt: scene.clock.now } });
    const answers = await Promise.all([wrong(), right("nobody@example.com"), right("no address"), right("bob@example.com")].map((input) => signIn(scene.anonymous(), input).catch((error: Error) => error.message)));
    expect(new Set(answers)).toEqual(new Set(["This e-mail and password do not belong together."]));
  });

  it("ends the session on the server when signing out", async () => {
    await scene.addPerson("Ada", "viewer");
    const { sid } = await signIn(scene.anonymous(), right());
    await signOut(scene.anonymous(), { sid });
    expect(await scene.nextRequest({ kind: "session", sid })).toBeNull();
  });
});

describe("the throttle", () => {
  it("refuses the right password too while a network has to wait, and lets it in after the wait", async () => {
    await scene.addPerson("Ada", "viewer");
    for (let count = 0; count < 5; count++) expect(await failed(signIn(scene.anonymous(), wrong()))).toBe("wrong");
    const refused = await signIn(scene.anonymous(), right()).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(LimitExceededError);
    scene.advance((refused as LimitExceededError).retryAfterSeconds * 1000);
    expect(await failed(signIn(scene.anonymous(), right()))).toBe("worked");
  });

  it("never locks a person out of a network that has not failed on their account, however many others do", async () => {
    await scene.addPerson("Ada", "viewer");
    for (let host = 1; host <= 60; host++) await failed(signIn(scene.anonymous(`198.51.${host}.1`), wrong()));
    expect(await failed(signIn(scene.anonymous("192.0.2.1"), right()))).toBe("worked");
  });

  it("makes many networks that guess at one account wait together", async () => {
    await scene.addPerson("Ada", "viewer");
    for (let host = 1; host <= 30; host++) await failed(signIn(scene.anonymous(`198.51.${host}.1`), wrong()));
    expect(await failed(signIn(scene.anonymous("198.51.1.1"), wrong()))).toBe("wait");
  });

  it("makes one network that guesses at many accounts wait", async () => {
    for (let count = 0; count < 20; count++) await failed(signIn(scene.anonymous(`198.51.100.${count}`), wrong(`person${count}@example.com`)));
    expect(await failed(signIn(scene.anonymous("198.51.100.99"), wrong("another@example.com")))).toBe("wait");
  });

  it("counts attempts before it judges them, so a burst in parallel is no way around", async () => {
    await scene.addPerson("Ada", "viewer");
    const answers = await Promise.all(Array.from({ length: 12 }, () => failed(signIn(scene.anonymous(), wrong()))));
    expect(answers.filter((answer) => answer === "wrong")).toHaveLength(5);
    expect(answers.filter((answer) => answer === "wait")).toHaveLength(7);
  });

  it("starts over after a right password", async () => {
    await scene.addPerson("Ada", "viewer");
    for (let round = 0; round < 4; round++) {
      for (let count = 0; count < 4; count++) expect(await failed(signIn(scene.anonymous(), wrong()))).toBe("wrong");
      expect(await failed(signIn(scene.anonymous(), right()))).toBe("worked");
    }
  });

  it("doubles its waits from one second up to fifteen minutes", () => {
    expect([4, 5, 6, 7, 14, 15, 1000].map((failures) => waitAfter(failures, 5))).toEqual([0, 1, 2, 4, 512, 900, 900]);
  });

  it("takes a /24 of IPv4 and a /64 of IPv6 as one network", () => {
    expect(networkOf("203.0.113.7")).toBe(networkOf("203.0.113.250"));
    expect(networkOf("203.0.113.7")).not.toBe(networkOf("203.0.114.7"));
    expect(networkOf("2001:db8:1:2::1")).toBe(networkOf("2001:0db8:1:2:ffff:1:2:3"));
    expect(networkOf("2001:db8:1:2::1")).not.toBe(networkOf("2001:db8:1:3::1"));
  });
});
