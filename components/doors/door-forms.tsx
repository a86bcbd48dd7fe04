"use client";
import type { Act } from "@/components/act/act-result";
import { roleHints, roleLabels } from "@/components/team/role-text";
import { PersonForm, type RedeemAct } from "./person-form";
import { ResetForm } from "./reset-form";
import { TokenDoor } from "./token-door";
import { useHashToken } from "./use-hash-token";
import { Mono } from "@/components/ui/code-block";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";

const setUpClosed = (
  <>
    This set-up link does not work: it was used, or a newer one was printed. If there is no owner yet, <Mono>npx basehold setup-link</Mono> on the machine prints a new one.
  </>
);

/** The first owner, by the link that `npm run up` printed. */
export function SetUpDoor({ lookUp, redeem }: { lookUp: Act<{ token: string }, unknown>; redeem: RedeemAct }) {
  return (
    <TokenDoor lookUp={lookUp} closed={setUpClosed}>
      {(token) => (
        <div className="flex flex-col gap-5">
          <p className="text-ink-2">You become the owner of this installation. The link works once.</p>
          <PersonForm token={token} act={redeem} email={null} button="Create owner" then="/projects" />
        </div>
      )}
    </TokenDoor>
  );
}

export type Invitation = { email: string; role: string; projectName: string | null; invitedBy: string | null; hasAccount: boolean };

/** Somebody who was invited. */
export function InvitationDoor({ lookUp, redeem }: { lookUp: Act<{ token: string }, Invitation>; redeem: RedeemAct }) {
  return (
    <TokenDoor lookUp={lookUp} closed="This invitation does not work: it was used or revoked, or its 48 hours are over. Ask for a new one.">
      {(token, invitation) => (
        <div className="flex flex-col gap-5">
          <p className="text-ink-2">
            {invitation.invitedBy === null ? "You are invited" : <><bdi className="font-medium text-ink">{invitation.invitedBy}</bdi> invites you</>} as <span className="font-medium text-ink">{roleLabels[invitation.role] ?? invitation.role}</span>
            {invitation.projectName !== null && <> of <bdi className="font-medium text-ink">{invitation.projectName}</bdi></>}. {roleHints[invitation.role]}
          </p>
          <PersonForm token={token} act={redeem} email={invitation.email} hasAccount={invitation.hasAccount} button="Join" then="/projects" />
        </div>
      )}
    </TokenDoor>
  );
}

/** A new password, by a link that `npx basehold` printed. */
export function ResetDoor({ redeem }: { redeem: Act<{ token: string; password: string }, unknown> }) {
  const token = useHashToken();
  if (token === undefined) return <Skeleton className="h-40" />;
  if (token === null) return <Notice tone="warn">This address needs the whole link, with what stands behind #. <Mono>npx basehold reset-password</Mono> on the machine prints it.</Notice>;
  return <ResetForm token={token} act={redeem} />;
}
