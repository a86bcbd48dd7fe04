import { createTransport } from "nodemailer";
import { describeError, logLine } from "../serving/http";
import type { AuthConfig, MailKind } from "./config";

export interface MailValues {
  ConfirmationURL: string;
  Token: string;
  TokenHash: string;
  Email: string;
  NewEmail: string;
  RedirectTo: string;
}

const defaults: Readonly<Record<MailKind, { subject: string; body: string }>> = {
  invite: { subject: "You've been invited", body: page("You have an invitation", "Accept it here") },
  confirmation: { subject: "Confirm your email address", body: page("Please confirm your address", "Confirm this address") },
  recovery: { subject: "Reset your password", body: page("A new password was asked for", "Choose a new password") },
  magic_link: { subject: "Your sign-in link", body: page("Sign in", "Sign in with this link") },
  email_change: { subject: "Confirm your new email address", body: page("Your address is about to be {{ .NewEmail }}", "Confirm the change") },
  reauthentication: { subject: "{{ .Token }} is your verification code", body: "<h2>Verification code</h2>\n<p>{{ .Token }}</p>\n" },
};

function page(title: string, action: string): string {
  return `<h2>${title}</h2>\n<p><a href="{{ .ConfirmationURL }}">${action}</a></p>\n<p>Or enter the code: {{ .Token }}</p>\n`;
}

/** Fills `{{ .Name }}` in a template; values are escaped where the template is HTML. */
export function renderTemplate(template: string, values: Readonly<Record<string, string>>, html: boolean): string {
  return template.replace(/\{\{-?\s*\.(\w+)\s*-?\}\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return html ? escapeHtml(value) : value;
  });
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}

/** The link that proves an address: the mail's path on the external address, with the code's hash. */
export function actionLink(config: AuthConfig, externalUrl: string, kind: MailKind, values: { type: string; tokenHash: string; redirectTo: string }): string {
  const url = new URL(config.mailer.paths[kind], externalUrl);
  // Set one after the other: redirect_to stays last and readable, as in GoTrue's own links.
  url.search = `?token=${encodeURIComponent(values.tokenHash)}&type=${values.type}&redirect_to=${encodeURI(values.redirectTo).replaceAll("&", "%26").replaceAll("#", "%23")}`;
  return url.toString();
}

/** Sends one mail by SMTP. Without a host nothing is sent and nothing fails, as in GoTrue. */
export async function sendMail(config: AuthConfig, kind: MailKind, to: string, values: MailValues): Promise<void> {
  if (config.smtp.host === "") {
    logLine("info", "no SMTP host is set: mail was not sent", { kind });
    return;
  }
  const all = { ...values, SiteURL: config.siteUrl };
  const subject = config.mailer.subjects[kind] || defaults[kind].subject;
  const body = (await fetchTemplate(config, kind)) ?? defaults[kind].body;
  const { user, pass, host, port, adminEmail, senderName } = config.smtp;
  const transport = createTransport({
    host,
    port,
    secure: port === 465,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    ...(user === "" ? {} : { auth: { user, pass } }),
  });
  await transport.sendMail({
    from: { name: senderName, address: adminEmail },
    to,
    subject: renderTemplate(subject, all, false),
    html: renderTemplate(body, all, true),
  });
}

async function fetchTemplate(config: AuthConfig, kind: MailKind): Promise<string | undefined> {
  const address = config.mailer.templates[kind];
  if (address === "") return undefined;
  try {
    const response = await fetch(new URL(address, config.siteUrl), { signal: AbortSignal.timeout(10_000) });
    if (response.ok) return await response.text();
    logLine("warning", `mail template answered ${String(response.status)}: the built-in one is used`, { kind });
  } catch (error) {
    logLine("warning", `mail template could not be read: the built-in one is used: ${describeError(error)}`, { kind });
  }
  return undefined;
}
