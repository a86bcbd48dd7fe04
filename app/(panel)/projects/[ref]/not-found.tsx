import { Compass } from "lucide-react";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

/** A page that a project which is there does not have, or does not open to this person: its name and tabs stay around it. */
export default function NotFound() {
  return (
    <>
      <h2 className="sr-only">There is nothing here</h2>
      <EmptyState icon={<Compass aria-hidden />} title="There is nothing here" act={<ButtonLink href="/projects">Go to projects</ButtonLink>}>
        The address is wrong, or what it names is gone or not open to you.
      </EmptyState>
    </>
  );
}
