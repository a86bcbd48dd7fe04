import type { Metadata } from "next";
import { cancel } from "@/app/actions/operation-actions";
import { reveal } from "@/app/actions/project-actions";
import { addUser, changeSettings, changeUser, endSessions, open, removeUser, renewFirst, revealUser } from "@/app/actions/studio-actions";
import { PassingOperation } from "@/components/operations/passing-operation";
import { SecretsProvider } from "@/components/projects/secrets-context";
import { AddressList } from "@/components/studio/address-list";
import { OpenStudioButton } from "@/components/studio/open-studio-button";
import { ReachForm } from "@/components/studio/reach-form";
import { EndButton, SessionList } from "@/components/studio/session-list";
import { AddUserButton } from "@/components/studio/user-dialogs";
import { UserList } from "@/components/studio/user-list";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { Section } from "@/components/ui/page-header";
import { getOperation } from "@/lib/projects/get-operation";
import { getStudio } from "@/lib/projects/studio/get-studio";
import type { OperationView, ProjectDetail } from "@/lib/projects/views";
import { forPage, openPage, safeNextPath } from "@/lib/server/current-actor";
import { loadProject } from "../load-project";

export const metadata: Metadata = { title: "Studio" };

type Props = { params: Promise<{ ref: string }>; searchParams: Promise<{ to?: string | string[] }> };

export default async function Page({ params, searchParams }: Props) {
  const { ref } = await params;
  const ctx = await openPage("/projects/[ref]/studio", { ref });
  const [project, view] = await Promise.all([loadProject(ref), forPage(getStudio(ctx, { ref }))]);
  if (!view.hasStudio) return <EmptyState title="This project runs without Studio">Add it among the services under Settings to administer the project in a browser.</EmptyState>;
  const operation = view.openOperationId === null ? null : await forPage(getOperation(ctx, view.openOperationId));
  const whyNot = whyNotNow(project);
  const isUp = ["ready", "degraded", "unknown", "failed"].includes(project.state);
  return (
    <>
      {operation !== null && <Progress operation={operation} mayCancel={project.may.includes("operation.cancel")} />}
      <Section
        title="Open Studio"
        hint={view.whyClosed === null ? "Without its password, in a tab of its own. It ends after ten minutes without use, with your role here, and when you sign out." : undefined}
        acts={isUp && view.mayOpen && view.whyClosed === null && <OpenStudioButton projectRef={ref} act={open} path={pathOf((await searchParams).to)} variant="primary" />}
      >
        {view.whyClosed !== null && <Notice tone="info">{view.whyClosed}</Notice>}
        <AddressList view={view} />
      </Section>
      <Section title="Who is in" hint="Opened from the panel. Each opening is written to the audit log." acts={view.sessions.length > 0 && <EndButton projectRef={ref} label="End all sessions" act={endSessions} />}>
        <SessionList view={view} act={endSessions} />
      </Section>
      <Section title="Who may sign in at Studio itself" hint="Asked for by the gateway wherever nobody comes from the panel. Each change asks for your password." acts={view.mayChangeUsers && <AddUserButton projectRef={ref} act={addUser} whyNot={whyNot} />}>
        <SecretsProvider key={operation?.id ?? "still"} projectRef={ref} act={reveal}>
          <UserList view={view} acts={{ changeUser, removeUser, renewFirst, revealUser }} whyNot={whyNot} />
        </SecretsProvider>
      </Section>
      <Section title="From where">
        <ReachForm key={JSON.stringify(view.settings)} view={view} act={changeSettings} whyNot={whyNot} />
      </Section>
    </>
  );
}

function Progress({ operation, mayCancel }: { operation: OperationView; mayCancel: boolean }) {
  return <PassingOperation operation={operation} label={operation.title} heading={<span className="font-medium">{operation.title}</span>} cancel={mayCancel ? cancel : null} cancelled="Cancelling. What was before comes back." />;
}

/** The page of Studio that somebody came from; undefined for its first one. */
function pathOf(to: string | string[] | undefined): string | undefined {
  const path = safeNextPath(to);
  return path === "/" || !/^[\x21-\x7e]*$/.test(path) || path.length > 2000 ? undefined : path;
}

/** Why nothing can be changed now; null when it can. */
function whyNotNow({ state, runningOperationId }: ProjectDetail): string | null {
  // Degraded and unknown are what was seen of a project that is ready.
  if (!["ready", "degraded", "unknown"].includes(state)) return `This can be changed while the project is ready; it is ${state}.`;
  return runningOperationId === null ? null : "An operation is running on this project. This can be changed when it has ended.";
}
