import { createHash } from "node:crypto";
import type { Declarative, JwtSecret } from "./schema";

export type Consumer = { id: string; username: string; groups: ReadonlySet<string> };
/** Who came in, and by which of their credentials: an id that tells nothing of it. */
export type Identity = { consumer: Consumer; credentialId: string; credentialName?: string };

export type Credentials = {
  byKey: ReadonlyMap<string, Identity>;
  byUsername: ReadonlyMap<string, Identity & { password: string }>;
  byJwtKey: ReadonlyMap<string, Identity & { secret: JwtSecret }>;
};

/** The same name gives the same id, so that counters outlive a reload. */
function idOf(...parts: string[]): string {
  const hex = createHash("sha256").update(parts.join("\n")).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join("-");
}

/** Everybody who may come in, from both forms of the file: credentials inside of a consumer, and beside with its name. */
export function credentialsOf(declared: Declarative): Credentials {
  const people = new Map(declared.consumers.map((each) => [each.username ?? each.custom_id ?? "", each]));
  const consumerNamed = (name: string): Consumer => {
    const own = people.get(name)?.acls ?? [];
    const beside = declared.acls.filter((acl) => acl.consumer === name);
    return { id: idOf("consumer", name), username: name, groups: new Set([...own, ...beside].map((acl) => acl.group)) };
  };
  const consumers = new Map([...people.keys()].map((name) => [name, consumerNamed(name)]));
  const all = <Credential extends object>(own: (person: Declarative["consumers"][number]) => readonly Credential[], beside: readonly (Credential & { consumer: string })[]) => [
    ...[...people].flatMap(([name, person]) => own(person).map((credential) => ({ credential, consumer: consumers.get(name) ?? consumerNamed(name) }))),
    ...beside.map((credential) => ({ credential, consumer: consumers.get(credential.consumer) ?? consumerNamed(credential.consumer) })),
  ];
  return {
    byKey: new Map(all((person) => person.keyauth_credentials, declared.keyauth_credentials).map(({ credential, consumer }) => [credential.key, { consumer, credentialId: idOf("key", credential.key) }])),
    byUsername: new Map(all((person) => person.basicauth_credentials, declared.basicauth_credentials).map(({ credential, consumer }) => [credential.username, { consumer, credentialId: idOf("basic", credential.username), credentialName: credential.username, password: credential.password }])),
    byJwtKey: new Map(all((person) => person.jwt_secrets, declared.jwt_secrets).map(({ credential, consumer }) => [credential.key, { consumer, credentialId: idOf("jwt", credential.key), credentialName: credential.key, secret: credential }])),
  };
}
