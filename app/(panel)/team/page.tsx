import type { Metadata } from "next";
import { changeRole, invite, removePerson, revokeInvitation } from "@/app/actions/team-actions";
import { InvitationsTable } from "@/components/team/invitations-table";
import { InviteButton } from "@/components/team/invite-dialog";
import { PeopleTable } from "@/components/team/people-table";
import { rolesUpTo } from "@/components/team/role-text";
import { RolesTable } from "@/components/team/roles-table";
import { PageHeader, Section } from "@/components/ui/page-header";
import { may, requirePerson } from "@/lib/access/authorize";
import { listInvitations } from "@/lib/access/invitations";
import { listTeam } from "@/lib/access/team";
import { openPage } from "@/lib/server/current-actor";

export const metadata: Metadata = { title: "Team" };

export default async function Page() {
  const ctx = await openPage("/team");
  const person = requirePerson(ctx.actor);
  const mayChange = may(person, "team.change") !== "no";
  const roles = rolesUpTo(person.installationRole, false);
  const [people, invitations] = await Promise.all([listTeam(ctx), mayChange ? listInvitations(ctx) : Promise.resolve([])]);
  return (
    <>
      <PageHeader title="Team" acts={mayChange && <InviteButton act={invite} roles={roles} title="Invite to the team" />} />
      <PeopleTable label="Team" people={people} roles={roles} ownUserId={person.userId} changeRole={changeRole} remove={removePerson} removal="Every session and token ends with the next request. What the activity log says stays." />
      {invitations.length > 0 && (
        <Section title="Open invitations">
          <InvitationsTable invitations={invitations} revoke={mayChange ? revokeInvitation : null} />
        </Section>
      )}
      <Section title="What each role may do">
        <RolesTable />
      </Section>
    </>
  );
}
