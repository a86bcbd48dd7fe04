import type { Metadata } from "next";
import { endOverlap, rotate, rotateJwt, switchLegacy } from "@/app/actions/key-actions";
import { cancel } from "@/app/actions/operation-actions";
import { reveal } from "@/app/actions/project-actions";
import { JwtSection } from "@/components/keys/jwt-section";
import { KeysList } from "@/components/keys/keys-list";
import { KeysProgress } from "@/components/keys/keys-progress";
import { LegacySwitch, LegacyUses } from "@/components/keys/legacy-section";
import { SecretsProvider } from "@/components/projects/secrets-context";
import { Section } from "@/components/ui/page-header";
import { getOperation } from "@/lib/projects/get-operation";
import { getKeys } from "@/lib/projects/keys/get-keys";
import type { ProjectDetail } from "@/lib/projects/views";
import { forPage, openPage } from "@/lib/server/current-actor";
import { loadProject } from "../load-project";

export const metadata: Metadata = { title: "Keys" };

export default async function Page({ params }: { params: Promise<{ ref: string }> }) {
  const { ref } = await params;
  const ctx = await openPage("/projects/[ref]/keys", { ref });
  const [project, view] = await Promise.all([loadProject(ref), forPage(getKeys(ctx, { ref }))]);
  const operation = view.openOperationId === null ? null : await forPage(getOperation(ctx, view.openOperationId));
  const whyNot = whyNotNow(project);
  return (
    <>
      {operation !== null && <KeysProgress operation={operation} cancel={project.may.includes("operation.cancel") ? cancel : null} />}
      <Section title="API keys" hint="Each reveal and each change asks for your password and is written to the audit log.">
        <SecretsProvider key={operation?.id ?? "still"} projectRef={ref} act={reveal}>
          <KeysList view={view} acts={{ rotate, endOverlap }} whyNot={whyNot} />
        </SecretsProvider>
      </Section>
      <Section title="Legacy keys" hint="Counted by the gateway; addresses as networks, never a key." acts={view.mayRotate && <LegacySwitch key={view.legacy} view={view} act={switchLegacy} whyNot={whyNot} />}>
        <LegacyUses view={view} gateway={project.gateway} />
      </Section>
      <Section title="Signing">
        <JwtSection view={view} act={rotateJwt} whyNot={whyNot} />
      </Section>
    </>
  );
}

/** Why no key can be changed now; null when one can. */
function whyNotNow({ state, runningOperationId }: ProjectDetail): string | null {
  // Degraded and unknown are what was seen of a project that is ready.
  if (!["ready", "degraded", "unknown"].includes(state)) return `Keys can be changed while the project is ready; it is ${state}.`;
  return runningOperationId === null ? null : "An operation is running on this project. Keys can be changed when it has ended.";
}
