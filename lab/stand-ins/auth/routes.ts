import { describeError, logLine, Router, type Call, type Handler, type Reply, type ServeOptions } from "../serving/http";
import { readOwnUser, updateOwnUser } from "./account";
import { adminCreateUser, adminDeleteUser, adminListUsers, adminReadUser, adminUpdateUser, generateLink, inviteUser } from "./admin";
import { authorize, callback } from "./authorize";
import type { AuthContext } from "./context";
import { AuthError, errorReply, OAuthError } from "./errors";
import { recover, resend, sendOtp } from "./mailed-links";
import { health, jwks, openIdConfiguration, settings } from "./public-information";
import { signUp } from "./sign-up";
import { grantToken, logOut } from "./token";
import { verifyCode, verifyLink } from "./verify";

/** Every route that the stand-in answers. */
export function authRoutes(context: AuthContext): Router {
  const by = (handler: (context: AuthContext, call: Call) => Promise<Reply> | Reply): Handler => (call) => handler(context, call);
  return new Router()
    .on("GET", "/health", health)
    .on("GET", "/settings", () => settings(context.config))
    .on("GET", "/.well-known/jwks.json", () => jwks(context.config))
    .on("GET", "/.well-known/openid-configuration", () => openIdConfiguration(context.config))
    .on("POST", "/signup", by(signUp))
    .on("POST", "/token", by(grantToken))
    .on("POST", "/logout", by(logOut))
    .on("GET", "/user", by(readOwnUser))
    .on("PUT", "/user", by(updateOwnUser))
    .on("POST", "/recover", by(recover))
    .on("POST", "/otp", by(sendOtp))
    .on("POST", "/magiclink", by(sendOtp))
    .on("POST", "/resend", by(resend))
    .on("GET", "/verify", by(verifyLink))
    .on("POST", "/verify", by(verifyCode))
    .on("GET", "/authorize", by(authorize))
    .on("GET,POST", "/callback", by(callback))
    .on("POST", "/invite", by(inviteUser))
    .on("POST", "/admin/generate_link", by(generateLink))
    .on("GET", "/admin/users", by(adminListUsers))
    .on("POST", "/admin/users", by(adminCreateUser))
    .on("GET", "/admin/users/:id", by(adminReadUser))
    .on("PUT", "/admin/users/:id", by(adminUpdateUser))
    .on("DELETE", "/admin/users/:id", by(adminDeleteUser));
}

export const authServeOptions: ServeOptions = {
  onError: (error, call) => {
    if (!(error instanceof AuthError) && !(error instanceof OAuthError)) logLine("error", describeError(error), { path: call.path });
    const version = call.headers["x-supabase-api-version"];
    return errorReply(error, typeof version === "string" ? version : undefined);
  },
  onUnknown: (_call, methodRefused) => (methodRefused ? { status: 405 } : { status: 404, text: "404 page not found\n" }),
};
