import { Compass } from "lucide-react";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

export default function NotFound() {
  return (
    <>
      <h1 id="nothing-here" className="sr-only">There is nothing here</h1>
      <EmptyState icon={<Compass aria-hidden />} title="There is nothing here" act={<ButtonLink href="/projects">Go to projects</ButtonLink>}>
        The address is wrong, or what it names is gone or not open to you.
      </EmptyState>
    </>
  );
}
