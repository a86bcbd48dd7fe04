"use client";
import { ArrowDown, ArrowUp, Pencil } from "lucide-react";
import { IconButton } from "@/components/ui/icon-button";
import type { EditTarget } from "./route-acts";
import { moveRoute } from "./route-order";
import { useRoutesEditing } from "./routes-context";

type RowActsProps = { id: string; label: string; target: EditTarget; isOwn: boolean; isFirst: boolean; isLast: boolean };

/** Buttons of one route: its place among its neighbours, and everything else behind Edit. */
export function RowActs({ id, label, target, isOwn, isFirst, isLast }: RowActsProps) {
  const editing = useRoutesEditing();
  if (editing === null) return null;
  const { seen, save, isBusy, isLocked } = editing;
  const move = (direction: "up" | "down") => void save(seen, moveRoute(seen.settings, id, direction));
  return (
    <span className="flex justify-end">
      {isOwn && (
        <>
          <IconButton label={`Move ${label} up`} className="max-sm:!hidden" icon={<ArrowUp aria-hidden className="size-4" />} disabled={isFirst || isBusy || isLocked} onClick={() => move("up")} />
          <IconButton label={`Move ${label} down`} className="max-sm:!hidden" icon={<ArrowDown aria-hidden className="size-4" />} disabled={isLast || isBusy || isLocked} onClick={() => move("down")} />
        </>
      )}
      <IconButton label={`Edit ${label}`} icon={<Pencil aria-hidden className="size-4" />} disabled={isLocked} onClick={() => editing.open(target)} />
    </span>
  );
}
