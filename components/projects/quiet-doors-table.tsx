import Link from "next/link";
import { NameText } from "@/components/ui/name-text";
import { StateBadge } from "@/components/ui/state-badge";
import { Cell, HeadCell, Row, Table, TableHead } from "@/components/ui/table";
import type { ProjectDoors } from "@/lib/access/doors-protocol";
import { doorAddress } from "./door-words";

/** Projects whose doors are as they should be: a line each. */
export function QuietDoorsTable({ projects }: { projects: readonly ProjectDoors[] }) {
  return (
    <Table label="Projects whose doors are as they should be">
      <TableHead>
        <HeadCell>Project</HeadCell>
        <HeadCell>State</HeadCell>
        <HeadCell>Open</HeadCell>
      </TableHead>
      <tbody>
        {projects.map((project) => (
          <Row key={project.ref}>
            <Cell className="max-w-80">
              <Link href={`/projects/${project.ref}/doors`} className="flex min-w-0 flex-col rounded-sm hover:underline">
                <NameText name={project.displayName} className="font-medium" />
                <span className="truncate font-mono text-xs text-ink-3">{project.ref}</span>
              </Link>
            </Cell>
            <Cell>
              <StateBadge kind="project" state={project.state} />
            </Cell>
            <Cell className="min-w-64">
              {project.doors.length === 0 ? (
                <span className="text-ink-3">Nothing is open</span>
              ) : (
                <ul className="flex flex-wrap gap-x-4 gap-y-0.5 text-sm">
                  {project.doors.map((door) => (
                    <li key={`${door.address} ${door.port}`} className="whitespace-nowrap">
                      {door.title} <span className="font-mono text-ink-2">{doorAddress(door)}</span>
                    </li>
                  ))}
                </ul>
              )}
            </Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}
