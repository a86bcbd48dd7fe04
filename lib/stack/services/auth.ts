import { afterDatabase, apiKeyLifetimes, databaseUrl, healthCheck, mebibyte, readyWhen, type ServiceContext, type ServiceDefinition } from "../service-definition";

const isHealthy = ["wget", "--no-verbose", "--tries=1", "--spider", "http://localhost:9999/health"];

/** Without a mail server nobody could confirm an address, so sign-ups are confirmed automatically. */
function mailEnvironment({ input: { settings }, secrets }: ServiceContext): Record<string, string> {
  const { smtp } = settings;
  return {
    GOTRUE_MAILER_AUTOCONFIRM: String(smtp === null),
    GOTRUE_SMTP_ADMIN_EMAIL: smtp?.senderEmail ?? "",
    GOTRUE_SMTP_HOST: smtp?.host ?? "",
    GOTRUE_SMTP_PORT: String(smtp?.port ?? 587),
    GOTRUE_SMTP_USER: smtp?.user ?? "",
    GOTRUE_SMTP_PASS: smtp === null ? "" : (secrets.smtpPassword ?? ""),
    GOTRUE_SMTP_SENDER_NAME: smtp?.senderName ?? "",
    GOTRUE_MAILER_URLPATHS_INVITE: "/auth/v1/verify",
    GOTRUE_MAILER_URLPATHS_CONFIRMATION: "/auth/v1/verify",
    GOTRUE_MAILER_URLPATHS_RECOVERY: "/auth/v1/verify",
    GOTRUE_MAILER_URLPATHS_EMAIL_CHANGE: "/auth/v1/verify",
  };
}

export const auth: ServiceDefinition = {
  name: "auth",
  label: "Auth",
  memoryBytes: 40 * mebibyte,
  isRequired: true,
  requires: [],
  withoutIt: "Nobody can sign up or sign in, and nothing issues or publishes verification keys.",
  composeDependsOn: afterDatabase,
  build: (context) => {
    const { input: { settings }, secrets } = context;
    const externalUrl = `${settings.publicUrl}/auth/v1`;
    return {
      environment: {
        GOTRUE_API_HOST: "0.0.0.0",
        GOTRUE_API_PORT: "9999",
        API_EXTERNAL_URL: externalUrl,
        GOTRUE_DB_DRIVER: "postgres",
        GOTRUE_DB_DATABASE_URL: databaseUrl("postgres", "supabase_auth_admin", secrets.postgresPassword),
        GOTRUE_SITE_URL: settings.siteUrl,
        GOTRUE_URI_ALLOW_LIST: settings.redirectUrls.join(","),
        GOTRUE_DISABLE_SIGNUP: "false",
        GOTRUE_JWT_ADMIN_ROLES: "service_role",
        GOTRUE_JWT_AUD: "authenticated",
        GOTRUE_JWT_DEFAULT_GROUP_NAME: "authenticated",
        GOTRUE_JWT_EXP: String(apiKeyLifetimes.jwtExpirySeconds),
        GOTRUE_JWT_SECRET: secrets.jwtSecret,
        GOTRUE_JWT_KEYS: secrets.jwtKeys,
        GOTRUE_JWT_ISSUER: externalUrl,
        GOTRUE_EXTERNAL_EMAIL_ENABLED: "true",
        GOTRUE_EXTERNAL_ANONYMOUS_USERS_ENABLED: "false",
        GOTRUE_EXTERNAL_PHONE_ENABLED: "true",
        GOTRUE_SMS_AUTOCONFIRM: "true",
        ...mailEnvironment(context),
      },
      healthcheck: healthCheck(["CMD", ...isHealthy]),
      readiness: readyWhen(isHealthy),
      dependsOn: afterDatabase,
      pids: 256,
    };
  },
};
