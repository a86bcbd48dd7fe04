"use client";
import { UserMinus } from "lucide-react";
import { useState } from "react";
import type { Act } from "@/components/act/act-result";
import { useAct } from "@/components/act/use-act";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Select } from "@/components/ui/input";
import { NameText } from "@/components/ui/name-text";
import { Cell, HeadCell, Row, Table, TableHead } from "@/components/ui/table";
import { TimeAgo } from "@/components/ui/time-ago";
import { roleLabels } from "./role-text";

export type Person = { userId: string; name: string; email: string; role: string; since: string; lastSeenAt: string | null; mayChange: boolean };
export type ChangeRoleAct = Act<{ userId: string; role: string }, unknown>;
export type RemovePersonAct = Act<{ userId: string }, unknown>;

type PeopleProps = { label: string; people: readonly Person[]; roles: readonly string[]; ownUserId: string; changeRole: ChangeRoleAct; remove: RemovePersonAct; removal: string };

/** People with their role. A changed role counts from the person's next request on. */
export function PeopleTable({ label, people, roles, ownUserId, changeRole, remove, removal }: PeopleProps) {
  return (
    <Table label={label}>
      <TableHead>
        <HeadCell>Name</HeadCell>
        <HeadCell>Role</HeadCell>
        <HeadCell>Last seen</HeadCell>
        <HeadCell>Since</HeadCell>
        <HeadCell>
          <span className="sr-only">Acts</span>
        </HeadCell>
      </TableHead>
      <tbody>
        {people.map((person) => (
          <Row key={person.userId}>
            <Cell className="max-w-72">
              <span className="flex items-center gap-2">
                <NameText name={person.name} className="font-medium" />
                {person.userId === ownUserId && <Badge>You</Badge>}
              </span>
              <span className="block truncate text-sm text-ink-3">{person.email}</span>
            </Cell>
            <Cell>{person.mayChange ? <RoleSelect person={person} roles={roles} act={changeRole} /> : (roleLabels[person.role] ?? person.role)}</Cell>
            <Cell className="text-sm text-ink-2">{person.lastSeenAt ? <TimeAgo at={person.lastSeenAt} /> : "–"}</Cell>
            <Cell className="text-sm text-ink-2">
              <TimeAgo at={person.since} />
            </Cell>
            <Cell className="text-right">{person.mayChange && <RemoveButton person={person} act={remove} removal={removal} isSelf={person.userId === ownUserId} />}</Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}

function RoleSelect({ person, roles, act }: { person: Person; roles: readonly string[]; act: ChangeRoleAct }) {
  const { run, isBusy } = useAct(act, { done: `Role of ${person.name} changed.` });
  const offered = roles.includes(person.role) ? roles : [person.role, ...roles];
  return <Select className="min-w-36" aria-label={`Role of ${person.name}`} value={person.role} disabled={isBusy} onChange={(event) => void run({ userId: person.userId, role: event.target.value })} options={offered.map((value) => ({ value, label: roleLabels[value] ?? value }))} />;
}

function RemoveButton({ person, act, removal, isSelf }: { person: Person; act: RemovePersonAct; removal: string; isSelf: boolean }) {
  const [isOpen, setOpen] = useState(false);
  const { run, isBusy } = useAct(act, { done: `${person.name} removed.`, onDone: () => setOpen(false) });
  return (
    <>
      <Button size="sm" variant="ghost" aria-label={isSelf ? "Leave" : `Remove ${person.name}`} icon={<UserMinus aria-hidden className="size-4" />} onClick={() => setOpen(true)}>
        {isSelf ? "Leave" : "Remove"}
      </Button>
      <Dialog
        isOpen={isOpen}
        onOpenChange={setOpen}
        title={isSelf ? "Leave" : `Remove ${person.name}`}
        description={removal}
        footer={
          <>
            <Button onClick={() => setOpen(false)}>Cancel</Button>
            <Button variant="danger" isBusy={isBusy} onClick={() => void run({ userId: person.userId })}>
              {isSelf ? "Leave" : "Remove"}
            </Button>
          </>
        }
      >
        <span />
      </Dialog>
    </>
  );
}
