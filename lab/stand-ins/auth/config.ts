import type { JWK } from "../serving/tokens";

export type Env = Readonly<Record<string, string | undefined>>;

export interface ProviderConfig {
  enabled: boolean;
  clientId: string;
  secret: string;
  redirectUri: string;
  url: string;
}

export interface AuthConfig {
  host: string;
  port: number;
  databaseUrl: string;
  externalUrl: string;
  siteUrl: string;
  redirectPatterns: readonly string[];
  disableSignup: boolean;
  jwt: {
    secret: string;
    keys: readonly JWK[];
    expiresInS: number;
    audience: string;
    issuer: string;
    defaultRole: string;
    adminRoles: readonly string[];
  };
  emailEnabled: boolean;
  magicLinkEnabled: boolean;
  phoneEnabled: boolean;
  anonymousEnabled: boolean;
  mailer: {
    autoconfirm: boolean;
    secureEmailChange: boolean;
    otpLength: number;
    otpExpiresInS: number;
    externalHosts: readonly string[];
    paths: Readonly<Record<MailKind, string>>;
    templates: Readonly<Record<MailKind, string>>;
    subjects: Readonly<Record<MailKind, string>>;
  };
  smsAutoconfirm: boolean;
  smsProvider: string;
  smtp: { host: string; port: number; user: string; pass: string; adminEmail: string; senderName: string; maxFrequencyMs: number };
  password: { minLength: number; requiredCharacters: readonly string[] };
  refreshRotation: boolean;
  refreshReuseIntervalS: number;
  samlEnabled: boolean;
  passkeyEnabled: boolean;
  providers: Readonly<Record<string, ProviderConfig>>;
  reloadGraceMs: number;
  reloadNotify: boolean;
}

export type MailKind = "invite" | "confirmation" | "recovery" | "email_change" | "magic_link" | "reauthentication";
export const mailKinds: readonly MailKind[] = ["invite", "confirmation", "recovery", "email_change", "magic_link", "reauthentication"];

export const providerNames = [
  "apple", "azure", "bitbucket", "discord", "facebook", "figma", "fly", "github", "gitlab", "google", "kakao", "keycloak",
  "linkedin", "linkedin_oidc", "notion", "slack", "slack_oidc", "snapchat", "spotify", "twitch", "twitter", "workos", "x", "zoom",
] as const;

/** The configuration that an environment describes; throws with the variable's name where it cannot be read. */
export function readConfig(env: Env): AuthConfig {
  const read = new EnvReader(env);
  const secret = read.required("JWT_SECRET");
  return {
    host: read.text("API_HOST", ""),
    port: read.whole("API_PORT", Number(env.PORT ?? "9999")),
    databaseUrl: read.text("DB_DATABASE_URL", env.DATABASE_URL ?? "") || missing("GOTRUE_DB_DATABASE_URL"),
    externalUrl: env.API_EXTERNAL_URL ?? read.required("API_EXTERNAL_URL"),
    siteUrl: read.required("SITE_URL"),
    redirectPatterns: read.list("URI_ALLOW_LIST"),
    disableSignup: read.flag("DISABLE_SIGNUP", false),
    jwt: {
      secret,
      keys: readSigningKeys(env.GOTRUE_JWT_KEYS),
      expiresInS: read.whole("JWT_EXP", 3600) || 3600,
      audience: read.text("JWT_AUD", ""),
      issuer: read.text("JWT_ISSUER", ""),
      defaultRole: read.text("JWT_DEFAULT_GROUP_NAME", ""),
      adminRoles: read.list("JWT_ADMIN_ROLES", "service_role,supabase_admin"),
    },
    emailEnabled: read.flag("EXTERNAL_EMAIL_ENABLED", true),
    magicLinkEnabled: read.flag("EXTERNAL_EMAIL_MAGIC_LINK_ENABLED", true),
    phoneEnabled: read.flag("EXTERNAL_PHONE_ENABLED", false),
    anonymousEnabled: read.flag("EXTERNAL_ANONYMOUS_USERS_ENABLED", false),
    mailer: readMailer(read),
    smsAutoconfirm: read.flag("SMS_AUTOCONFIRM", false),
    smsProvider: read.text("SMS_PROVIDER", ""),
    smtp: readSmtp(read),
    password: {
      minLength: Math.max(read.whole("PASSWORD_MIN_LENGTH", 6), 6),
      requiredCharacters: splitCharacterSets(read.text("PASSWORD_REQUIRED_CHARACTERS", "")),
    },
    refreshRotation: read.flag("SECURITY_REFRESH_TOKEN_ROTATION_ENABLED", true),
    refreshReuseIntervalS: read.whole("SECURITY_REFRESH_TOKEN_REUSE_INTERVAL", 0),
    samlEnabled: read.flag("SAML_ENABLED", false),
    passkeyEnabled: read.flag("PASSKEY_ENABLED", false),
    providers: readProviders(read),
    reloadGraceMs: read.durationMs("RELOADING_GRACE_PERIOD_INTERVAL", 5_000),
    reloadNotify: read.flag("RELOADING_NOTIFY_ENABLED", true),
  };
}

function readMailer(read: EnvReader): AuthConfig["mailer"] {
  const perKind = (name: string, fallback: string): Record<MailKind, string> => {
    const values = mailKinds.map((kind) => [kind, read.text(`MAILER_${name}_${kind.toUpperCase()}`, fallback) || fallback] as const);
    return Object.fromEntries(values) as Record<MailKind, string>;
  };
  const otpLength = read.whole("MAILER_OTP_LENGTH", 6);
  return {
    autoconfirm: read.flag("MAILER_AUTOCONFIRM", false),
    secureEmailChange: read.flag("MAILER_SECURE_EMAIL_CHANGE_ENABLED", true),
    otpLength: otpLength < 6 || otpLength > 10 ? 6 : otpLength,
    otpExpiresInS: read.whole("MAILER_OTP_EXP", 86_400) || 86_400,
    externalHosts: read.list("MAILER_EXTERNAL_HOSTS"),
    // A sign-in link takes the path of the recovery link: it has no setting of its own.
    paths: { ...perKind("URLPATHS", "/verify"), magic_link: read.text("MAILER_URLPATHS_RECOVERY", "/verify") || "/verify" },
    templates: perKind("TEMPLATES", ""),
    subjects: perKind("SUBJECTS", ""),
  };
}

function readSmtp(read: EnvReader): AuthConfig["smtp"] {
  return {
    host: read.text("SMTP_HOST", ""),
    port: read.whole("SMTP_PORT", 587),
    user: read.text("SMTP_USER", ""),
    pass: read.text("SMTP_PASS", ""),
    adminEmail: read.text("SMTP_ADMIN_EMAIL", ""),
    senderName: read.text("SMTP_SENDER_NAME", ""),
    maxFrequencyMs: read.durationMs("SMTP_MAX_FREQUENCY", 60_000),
  };
}

function readProviders(read: EnvReader): Record<string, ProviderConfig> {
  return Object.fromEntries(
    providerNames.map((name) => {
      const prefix = `EXTERNAL_${name.toUpperCase()}`;
      const provider: ProviderConfig = {
        enabled: read.flag(`${prefix}_ENABLED`, false),
        clientId: read.text(`${prefix}_CLIENT_ID`, "").split(",")[0] ?? "",
        secret: read.text(`${prefix}_SECRET`, ""),
        redirectUri: read.text(`${prefix}_REDIRECT_URI`, ""),
        url: read.text(`${prefix}_URL`, "").replace(/\/$/, ""),
      };
      return [name, provider] as const;
    }),
  );
}

/** Reads `GOTRUE_JWT_KEYS`: an array with exactly one key that may sign; absent or `[]` means the shared secret signs. */
export function readSigningKeys(text: string | undefined): JWK[] {
  if (text === undefined) return [];
  const value: unknown = JSON.parse(text === "" ? refuse("GOTRUE_JWT_KEYS: unexpected end of JSON input") : text);
  if (!Array.isArray(value)) refuse("GOTRUE_JWT_KEYS: cannot unmarshal object into an array of keys");
  const keys = value as JWK[];
  if (keys.length === 0) return [];
  const signing = keys.filter((key) => key.key_ops?.includes("sign") === true);
  if (signing.length === 0) refuse("no signing key detected");
  if (signing.length > 1) refuse("multiple signing keys detected, only 1 signing key is supported");
  return keys;
}

/** Splits sets of required characters at `:`; `\:` is a colon that belongs to a set. */
export function splitCharacterSets(text: string): string[] {
  if (text === "") return [];
  return text.split(/(?<!\\):/).map((set) => set.replaceAll("\\:", ":"));
}

function refuse(message: string): never {
  throw new Error(message);
}

function missing(name: string): never {
  return refuse(`required key ${name} missing value`);
}

class EnvReader {
  constructor(private readonly env: Env) {}

  text(name: string, fallback: string): string {
    return this.env[`GOTRUE_${name}`] ?? fallback;
  }

  required(name: string): string {
    const value = this.env[`GOTRUE_${name}`];
    return value === undefined || value === "" ? missing(`GOTRUE_${name}`) : value;
  }

  /** Go's strconv.ParseBool: a set but empty variable is an error, as in the real server. */
  flag(name: string, fallback: boolean): boolean {
    const value = this.env[`GOTRUE_${name}`];
    if (value === undefined) return fallback;
    if (["1", "t", "T", "TRUE", "true", "True"].includes(value)) return true;
    if (["0", "f", "F", "FALSE", "false", "False"].includes(value)) return false;
    return refuse(`envconfig.Process: assigning GOTRUE_${name}: converting '${value}' to type bool`);
  }

  whole(name: string, fallback: number): number {
    const value = this.env[`GOTRUE_${name}`];
    if (value === undefined) return fallback;
    if (!/^-?\d+$/.test(value)) return refuse(`envconfig.Process: assigning GOTRUE_${name}: converting '${value}' to type int`);
    return Number(value);
  }

  list(name: string, fallback = ""): string[] {
    return this.text(name, fallback).split(",").map((part) => part.trim()).filter((part) => part !== "");
  }

  durationMs(name: string, fallbackMs: number): number {
    const value = this.env[`GOTRUE_${name}`];
    if (value === undefined || value === "") return fallbackMs;
    const durationMs = parseDurationMs(value);
    return durationMs ?? refuse(`envconfig.Process: assigning GOTRUE_${name}: converting '${value}' to type time.Duration`);
  }
}

const unitsMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1, us: 0.001, ns: 0.000001 };

/** A Go duration (`1h30m`, `500ms`, `0`) in milliseconds. */
export function parseDurationMs(text: string): number | undefined {
  if (text === "0") return 0;
  if (!/^(\d+(\.\d+)?(h|ms|m|s|us|ns))+$/.test(text)) return undefined;
  let totalMs = 0;
  for (const match of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|ns)/g)) totalMs += Number(match[1]) * (unitsMs[match[2] ?? ""] ?? 0);
  return totalMs;
}
