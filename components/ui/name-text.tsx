import { cn } from "./class-names";

/** A name that a person chose: any script, its own direction, cut with its full text on hover when there is no room. */
export function NameText({ name, className }: { name: string; className?: string }) {
  return (
    <bdi title={name} className={cn("inline-block max-w-full truncate align-bottom", className)}>
      {name}
    </bdi>
  );
}
