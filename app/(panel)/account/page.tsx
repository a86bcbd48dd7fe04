import { KeyRound } from "lucide-react";
import type { Metadata } from "next";
import { changePassword, createToken, leave, rename, revokeOtherSessions, revokeSession, revokeToken } from "@/app/actions/account-actions";
import { EndOthersButton, LeaveButton } from "@/components/account/account-buttons";
import { NameForm, PasswordForm } from "@/components/account/account-forms";
import { SessionsTable } from "@/components/account/sessions-table";
import { NewTokenButton, TokensTable } from "@/components/account/tokens-section";
import { LeaveGuard } from "@/components/settings-form/leave-guard";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader, Section } from "@/components/ui/page-header";
import { requirePerson } from "@/lib/access/authorize";
import { listSessions } from "@/lib/access/sessions";
import { listTokens, tokenRolesOf } from "@/lib/access/tokens";
import { listProjectRefs } from "@/lib/projects/list-all-projects";
import { openPage } from "@/lib/server/current-actor";

export const metadata: Metadata = { title: "Account" };

export default async function Page() {
  const ctx = await openPage("/account");
  const person = requirePerson(ctx.actor);
  const [sessions, tokens, refs] = await Promise.all([listSessions(ctx), listTokens(ctx), listProjectRefs(ctx)]);
  const newToken = <NewTokenButton act={createToken} roles={tokenRolesOf(person)} projectRefs={refs} />;
  return (
    <LeaveGuard>
      <PageHeader title="Account" />
      <div className="-mt-6">
        <NameForm name={person.name} email={person.email} act={rename} />
        <PasswordForm email={person.email} act={changePassword} />
      </div>
      <Section title="Sessions" acts={<EndOthersButton act={revokeOtherSessions} count={sessions.length - 1} />}>
        <SessionsTable sessions={sessions} revoke={revokeSession} />
      </Section>
      {/* Always in this one place: the dialog that shows a token once must outlive the list's first row. */}
      <Section title="API tokens" acts={newToken}>
        {tokens.length === 0 ? (
          <EmptyState icon={<KeyRound aria-hidden />} title="No token yet">
            Programs use the REST API with a token of yours. It never does more than you may.
          </EmptyState>
        ) : (
          <TokensTable tokens={tokens} revoke={revokeToken} />
        )}
      </Section>
      <Section title="Leave">
        <div className="flex flex-wrap items-center gap-x-6 gap-y-2 rounded border border-line bg-surface px-4 py-3">
          <p className="min-w-0 flex-1 basis-72 text-ink-2">Ends your account here. The last owner cannot leave.</p>
          <LeaveButton act={leave} />
        </div>
      </Section>
    </LeaveGuard>
  );
}
