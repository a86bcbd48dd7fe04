import { Badge } from "@/components/ui/badge";
import { Mono } from "@/components/ui/code-block";
import type { StudioAddressKind, StudioView } from "@/lib/projects/views";

const kindWords: Record<StudioAddressKind, string> = {
  "own-name": "A name of its own",
  "api-name": "A name of the API",
  outside: "The public URL, through a proxy of your own",
  local: "The project's address on the machine",
};

/** Every address at which Studio could answer, and whether it does. */
export function AddressList({ view: { addresses } }: { view: Pick<StudioView, "addresses"> }) {
  return (
    <ul aria-label="Addresses of Studio" className="flex flex-col divide-y divide-line rounded border border-line bg-surface">
      {addresses.map(({ url, kind, isServed, opensByTicket }) => (
        <li key={url} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
          <span className="flex min-w-0 flex-1 basis-56 flex-col">
            <Mono className="[overflow-wrap:anywhere]">{url}</Mono>
            <span className="text-sm text-ink-3">{kindWords[kind]}</span>
          </span>
          {!isServed ? <Badge tone="idle">Not served</Badge> : opensByTicket ? <Badge tone="good">Opens from here</Badge> : <Badge tone="warn">Asks for a password</Badge>}
        </li>
      ))}
    </ul>
  );
}
