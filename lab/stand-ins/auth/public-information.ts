import type { Reply } from "../serving/http";
import type { AuthConfig } from "./config";
import { publicKeys } from "./signing";

/** Version that the stand-in's behaviour was read from. */
const modelledVersion = "v2.196.0";

/** `GET /health`. */
export function health(): Reply {
  return { status: 200, json: { version: modelledVersion, name: "GoTrue", description: "Lab stand-in of GoTrue, a user registration and authentication API" } };
}

/** `GET /settings`. */
export function settings(config: AuthConfig): Reply {
  const providers = Object.fromEntries(Object.entries(config.providers).map(([name, provider]) => [name, provider.enabled]));
  return {
    status: 200,
    json: {
      external: { anonymous_users: config.anonymousEnabled, ...providers, email: config.emailEnabled, phone: config.phoneEnabled },
      disable_signup: config.disableSignup,
      mailer_autoconfirm: config.mailer.autoconfirm,
      phone_autoconfirm: config.smsAutoconfirm,
      sms_provider: config.smsProvider,
      saml_enabled: config.samlEnabled,
      passkeys_enabled: config.passkeyEnabled,
    },
  };
}

/** `GET /.well-known/jwks.json`. */
export function jwks(config: AuthConfig): Reply {
  return { status: 200, headers: { "cache-control": "public, max-age=600" }, json: { keys: publicKeys(config) } };
}

/** `GET /.well-known/openid-configuration`. */
export function openIdConfiguration(config: AuthConfig): Reply {
  const issuer = config.jwt.issuer || config.externalUrl;
  const algorithms = config.jwt.keys.length === 0 ? ["HS256"] : [...new Set(publicKeys(config).map((key) => key.alg ?? "ES256"))];
  return {
    status: 200,
    headers: { "cache-control": "public, max-age=600" },
    json: {
      issuer,
      authorization_endpoint: `${issuer}/oauth/authorize`,
      token_endpoint: `${issuer}/oauth/token`,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      userinfo_endpoint: `${issuer}/oauth/userinfo`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: algorithms,
    },
  };
}
