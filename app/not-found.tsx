import { Door } from "@/components/doors/door";
import { ButtonLink } from "@/components/ui/button";

export default function NotFound() {
  return (
    <Door title="There is nothing here">
      <p className="text-ink-2">The address is wrong, or what it names is gone or not open to you.</p>
      <ButtonLink href="/projects" variant="primary" size="lg">
        Go to projects
      </ButtonLink>
    </Door>
  );
}
