import { ButtonLink } from "@/components/ui/button";
import { FailureNote } from "@/components/ui/notice";
import { Section } from "@/components/ui/page-header";
import type { UnreadableProject as Project } from "@/lib/projects/views";
import type { WholeProjectActs } from "./danger-section";
import { LateWholeProject } from "./late-whole-project";

/** Removing needs no settings; everything else does. */
const possible: ReadonlySet<string> = new Set(["project.delete", "project.purge"]);

/** In place of the pages of a project whose settings cannot be read: why, and what can be done. */
export function UnreadableProject({ project, acts }: { project: Project; acts: WholeProjectActs }) {
  const may = project.may.filter((permission) => possible.has(permission));
  return (
    <>
      <FailureNote
        what="The settings of this project cannot be read."
        stillWorks="Its containers go on as they were."
        todo={`Restore a backup of the panel's store to see and change it again. Until then it cannot be changed, exported or duplicated${may.includes("project.delete") ? `; it can be ${project.state === "deleted" ? "purged" : "deleted"}` : ""}.`}
        acts={project.runningOperationId !== null && <ButtonLink href={`/operations/${project.runningOperationId}`}>Open the running operation</ButtonLink>}
      />
      {may.length > 0 && (
        <Section title="The whole project">
          <LateWholeProject project={{ ...project, may }} acts={acts} />
        </Section>
      )}
    </>
  );
}
