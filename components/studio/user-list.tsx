"use client";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useAct } from "@/components/act/use-act";
import { useSecrets } from "@/components/projects/secrets-context";
import { SecretField } from "@/components/ui/secret-field";
import { TimeAgo } from "@/components/ui/time-ago";
import type { StudioUserView, StudioView } from "@/lib/projects/views";
import type { StudioActs } from "./studio-acts";
import { ChangeUserButton, RemoveUserButton, RenewFirstButton } from "./user-dialogs";

type Props = { view: Pick<StudioView, "ref" | "users" | "mayChangeUsers" | "mayReveal">; acts: Pick<StudioActs, "changeUser" | "removeUser" | "renewFirst" | "revealUser">; /** Why not now; null when they can be changed. */ whyNot: string | null };

const shownForMs = 90_000;

/** Who may sign in at Studio itself: the first user, whom every project has, then the others. */
export function UserList({ view, acts, whyNot }: Props) {
  return (
    <ul aria-label="Users of Studio" className="flex flex-col divide-y divide-line rounded border border-line bg-surface">
      <FirstUser mayReveal={view.mayReveal}>{view.mayChangeUsers && <RenewFirstButton projectRef={view.ref} act={acts.renewFirst} whyNot={whyNot} />}</FirstUser>
      {view.users.map((user) => (
        <li key={user.username} className="flex flex-col gap-1 px-4 py-2.5">
          <Password key={user.changedAt} projectRef={view.ref} user={user} mayReveal={view.mayReveal} act={acts.revealUser} />
          <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
            <span className="flex min-w-0 flex-1 basis-56 flex-wrap gap-x-3 text-sm text-ink-3">
              <TimeAgo at={user.createdAt} prefix="added " isInline />
              {user.changedAt !== user.createdAt && <TimeAgo at={user.changedAt} prefix="password changed " isInline />}
            </span>
            {view.mayChangeUsers && (
              <>
                <ChangeUserButton projectRef={view.ref} username={user.username} act={acts.changeUser} whyNot={whyNot} />
                <RemoveUserButton projectRef={view.ref} username={user.username} act={acts.removeUser} whyNot={whyNot} />
              </>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

function FirstUser({ mayReveal, children }: { mayReveal: boolean; children: ReactNode }) {
  const { shown, reveal, hide, isBusy } = useSecrets();
  const field = (name: "dashboardUsername" | "dashboardPassword", label: string) => (
    <SecretField label={label} value={shown[name]} isBusy={isBusy} mayReveal={mayReveal} onReveal={async () => (await reveal([name]))?.[name] ?? null} onHide={hide} />
  );
  return (
    <li className="flex flex-col gap-1 px-4 py-2.5">
      {field("dashboardUsername", "First user")}
      {field("dashboardPassword", "Password of the first user")}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <p className="min-w-0 flex-1 basis-56 text-sm text-ink-3">Made with the project. The panel signs in as this user for you, so it always stays.</p>
        {children}
      </div>
    </li>
  );
}

function Password({ projectRef, user: { username }, mayReveal, act }: { projectRef: string; user: StudioUserView; mayReveal: boolean; act: StudioActs["revealUser"] }) {
  const [shown, setShown] = useState<string | undefined>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const { run, isBusy } = useAct(act, { isRefreshing: false });
  const reveal = async () => {
    const result = await run({ ref: projectRef, username });
    if (result === null || !result.ok) return null;
    setShown(result.data.password);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setShown(undefined), shownForMs);
    return result.data.password;
  };
  return <SecretField label={username} hint="Password" value={shown} isBusy={isBusy} mayReveal={mayReveal} onReveal={reveal} onHide={() => setShown(undefined)} />;
}
