import { SignJWT } from "jose";
import type { Call, Reply } from "../serving/http";
import { redirectOf } from "./codes";
import type { AuthConfig, ProviderConfig } from "./config";
import type { AuthContext } from "./context";
import { AuthError } from "./errors";
import { readChallenge } from "./flow-state";
import { withFragment } from "./redirects";

interface Endpoint {
  /** Authorization page; `{url}` stands for the provider's configured address. */
  page: string;
  defaultUrl: string;
  scopes: string;
}

const endpoints: Readonly<Record<string, Endpoint>> = {
  apple: { page: "https://appleid.apple.com/auth/authorize", defaultUrl: "", scopes: "email name" },
  azure: { page: "{url}/oauth2/v2.0/authorize", defaultUrl: "https://login.microsoftonline.com/common", scopes: "openid" },
  bitbucket: { page: "https://bitbucket.org/site/oauth2/authorize", defaultUrl: "", scopes: "account email" },
  discord: { page: "https://discord.com/api/oauth2/authorize", defaultUrl: "", scopes: "email identify" },
  facebook: { page: "https://www.facebook.com/dialog/oauth", defaultUrl: "", scopes: "email" },
  github: { page: "{url}/login/oauth/authorize", defaultUrl: "https://github.com", scopes: "user:email" },
  gitlab: { page: "{url}/oauth/authorize", defaultUrl: "https://gitlab.com", scopes: "read_user" },
  google: { page: "https://accounts.google.com/o/oauth2/v2/auth", defaultUrl: "", scopes: "email profile" },
  keycloak: { page: "{url}/protocol/openid-connect/auth", defaultUrl: "", scopes: "profile email" },
  linkedin_oidc: { page: "https://www.linkedin.com/oauth/v2/authorization", defaultUrl: "", scopes: "openid email profile" },
  notion: { page: "https://api.notion.com/v1/oauth/authorize", defaultUrl: "", scopes: "" },
  slack_oidc: { page: "https://slack.com/openid/connect/authorize", defaultUrl: "", scopes: "profile email openid" },
  spotify: { page: "https://accounts.spotify.com/authorize", defaultUrl: "", scopes: "user-read-email" },
  twitch: { page: "https://id.twitch.tv/oauth2/authorize", defaultUrl: "", scopes: "user:read:email" },
  zoom: { page: "https://zoom.us/oauth/authorize", defaultUrl: "", scopes: "user_profile:read" },
};

/** `GET /authorize?provider=…`: sends the browser to the provider with the project's client id. */
export async function authorize({ config }: AuthContext, call: Call): Promise<Reply> {
  const name = (call.query.get("provider") ?? "").toLowerCase();
  const provider = config.providers[name];
  if (provider === undefined) throw new AuthError(400, "validation_failed", `Unsupported provider: Provider ${name} could not be found`);
  if (!provider.enabled) throw new AuthError(400, "validation_failed", "Unsupported provider: provider is not enabled");
  for (const [field, value] of [["client ID", provider.clientId], ["secret", provider.secret], ["redirect URI", provider.redirectUri]] as const) {
    if (value === "") throw new AuthError(400, "validation_failed", `Unsupported provider: missing OAuth ${field}`);
  }
  readChallenge(call.query.get("code_challenge") ?? "", call.query.get("code_challenge_method") ?? "");
  return { status: 302, headers: { location: await providerAddress(config, call, name, provider) } };
}

async function providerAddress(config: AuthConfig, call: Call, name: string, provider: ProviderConfig): Promise<string> {
  const endpoint = endpoints[name];
  if (endpoint === undefined) throw new AuthError(400, "validation_failed", `Unsupported provider: the lab stand-in does not know the address of ${name}`);
  const base = provider.url || endpoint.defaultUrl;
  if (endpoint.page.includes("{url}") && base === "") throw new AuthError(400, "validation_failed", `Unsupported provider: ${name} needs a URL`);
  const address = new URL(endpoint.page.replace("{url}", base));
  const scopes = [endpoint.scopes, call.query.get("scopes") ?? ""].filter((part) => part !== "").join(" ");
  const state = await signState(config, { provider: name, referrer: redirectOf(config, call), site_url: config.siteUrl });
  const values = { client_id: provider.clientId, redirect_uri: provider.redirectUri, response_type: "code", scope: scopes, state };
  for (const [key, value] of Object.entries(values)) address.searchParams.set(key, value);
  return address.toString();
}

function signState(config: AuthConfig, claims: Record<string, string>): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: "HS256", typ: "JWT" }).setExpirationTime("5m").sign(new TextEncoder().encode(config.jwt.secret));
}

/** `GET /callback`: the stand-in cannot reach a provider, so every return ends in an error that says so. */
export function callback({ config }: AuthContext): Reply {
  const values = { error: "server_error", error_code: "unexpected_failure", error_description: "The lab stand-in of Auth does not exchange codes with providers" };
  return { status: 302, headers: { location: withFragment(config.siteUrl, values) } };
}
