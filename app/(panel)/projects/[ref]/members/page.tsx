import { Users } from "lucide-react";
import type { Metadata } from "next";
import { changeMember, inviteMember, removeMember, revokeMemberInvitation } from "@/app/actions/team-actions";
import { ProjectInvitations, ProjectInviteButton, ProjectPeople } from "@/components/team/project-people";
import { rolesUpTo } from "@/components/team/role-text";
import { EmptyState } from "@/components/ui/empty-state";
import { Section } from "@/components/ui/page-header";
import { may, requirePerson } from "@/lib/access/authorize";
import { listProjectInvitations } from "@/lib/access/invitations";
import { effectiveRole } from "@/lib/access/permissions";
import { listProjectMembers } from "@/lib/access/project-members";
import { forPage, openPage } from "@/lib/server/current-actor";
import { loadProject } from "../load-project";

export const metadata: Metadata = { title: "Members" };

const acts = { change: changeMember, remove: removeMember, invite: inviteMember, revokeInvitation: revokeMemberInvitation };

export default async function Page({ params }: { params: Promise<{ ref: string }> }) {
  const { ref } = await params;
  const ctx = await openPage("/projects/[ref]/members", { ref });
  const project = await loadProject(ref);
  const person = requirePerson(ctx.actor);
  const mayChange = may(person, "project.members.change", project.id) !== "no";
  const roles = rolesUpTo(effectiveRole(person.installationRole, person.projectRoles[project.id]), true);
  const [people, invitations] = await Promise.all([forPage(listProjectMembers(ctx, ref)), mayChange ? listProjectInvitations(ctx, ref) : Promise.resolve([])]);
  const inviteButton = mayChange && <ProjectInviteButton projectRef={ref} roles={roles} act={acts.invite} />;

  return (
    <>
      <Section title="Members" hint="The higher of this role and the one over the installation counts." acts={people.length > 0 && inviteButton}>
        {people.length === 0 ? (
          <EmptyState icon={<Users aria-hidden />} title="Nobody has a role here alone" act={inviteButton}>
            People with a role over the installation see this project already. A role given here counts for this project only.
          </EmptyState>
        ) : (
          <ProjectPeople projectRef={ref} people={people} roles={roles} ownUserId={person.userId} acts={acts} />
        )}
      </Section>
      {invitations.length > 0 && (
        <Section title="Open invitations">
          <ProjectInvitations projectRef={ref} invitations={invitations} act={acts.revokeInvitation} />
        </Section>
      )}
    </>
  );
}
