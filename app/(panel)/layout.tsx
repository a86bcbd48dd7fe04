import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { confirmPassword } from "@/app/actions/account-actions";
import { markRecoveryKitSaved, showRecoveryKit } from "@/app/actions/installation-actions";
import { PasswordPromptProvider } from "@/components/act/password-prompt";
import { RecoveryKitNag } from "@/components/installation/recovery-kit";
import { LiveProvider } from "@/components/live/live-provider";
import type { NavigationName } from "@/components/shell/navigation";
import { parseTheme, railCookie, themeCookie } from "@/components/shell/preferences";
import { BottomBar, Rail } from "@/components/shell/rail";
import { TopLine } from "@/components/shell/top-line";
import { roleLabels } from "@/components/team/role-text";
import type { Actor } from "@/lib/access/actor";
import { may, requirePerson } from "@/lib/access/authorize";
import { getFrame } from "@/lib/projects/get-installation";
import { listOperations } from "@/lib/projects/get-operation";
import { openPage } from "@/lib/server/current-actor";

const shownRunning = 30;

/** The frame around every page of the panel. Nobody is sent to sign in from here, before anything of the page is sent. */
export default async function PanelLayout({ children }: { children: ReactNode }) {
  const context = await openPage("/projects");
  const actor = requirePerson(context.actor);
  const mayRecover = may(actor, "installation.recovery-kit") !== "no";
  const [frame, running, jar] = await Promise.all([getFrame(context, { mayRecover }), listOperations(context, { isOpen: true, limit: shownRunning }), cookies()]);
  const entries = entriesFor(actor);
  return (
    <PasswordPromptProvider confirm={confirmPassword}>
      <LiveProvider url="/api/v1/events">
        <a href="#main" className="sr-only rounded bg-accent px-3 py-2 text-on-accent focus:not-sr-only focus:fixed focus:left-3 focus:top-2 focus:z-50">
          Skip to content
        </a>
        <div className="flex min-h-dvh">
          <Rail entries={entries} startsWide={jar.get(railCookie)?.value !== "narrow"} />
          <div className="flex min-w-0 flex-1 flex-col">
            <TopLine
              entries={entries}
              account={{ name: actor.name, email: actor.email, role: roleLabels[actor.installationRole] ?? actor.installationRole }}
              theme={parseTheme(jar.get(themeCookie)?.value)}
              isLab={frame.isLab}
              worker={frame.worker}
              running={running.items}
              mayCreate={may(actor, "project.create") !== "no"}
            />
            <main id="main" tabIndex={-1} className="mx-auto flex w-full min-w-0 max-w-[84rem] flex-1 flex-col gap-6 px-4 pb-24 pt-5 outline-none sm:px-6 sm:pb-12">
              {frame.isRecoveryKitMissing && <RecoveryKitNag show={showRecoveryKit} saved={markRecoveryKitSaved} />}
              {children}
            </main>
          </div>
        </div>
        <BottomBar entries={entries} />
      </LiveProvider>
    </PasswordPromptProvider>
  );
}

function entriesFor(actor: Actor): NavigationName[] {
  const names: NavigationName[] = ["projects", "activity"];
  if (may(actor, "installation.settings") !== "no") names.push("doors");
  if (may(actor, "team.see") !== "no") names.push("team");
  if (may(actor, "installation.settings") !== "no") names.push("settings");
  return names;
}
