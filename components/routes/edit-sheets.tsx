"use client";
import { BuiltInSheet } from "./built-in-sheet";
import { ImportSheet } from "./import-sheet";
import { McpSheet } from "./mcp-sheet";
import { NetworksSheet } from "./networks-sheet";
import { OwnRouteSheet } from "./own-route-sheet";
import type { EditTarget } from "./route-acts";
import { TrySheet } from "./try-sheet";

type SheetsProps = { target: EditTarget; onOpen(target: EditTarget): void; onClose(): void };

/** Whatever is opened over the table, with the rules and words that it needs. */
export function EditSheets({ target, onOpen, onClose }: SheetsProps) {
  switch (target.kind) {
    case "own":
      return <OwnRouteSheet key={`${target.id ?? ""} ${target.copyOf ?? ""}`} target={target} onOpen={onOpen} onClose={onClose} />;
    case "built-in":
      return <BuiltInSheet key={target.id} id={target.id} onClose={onClose} />;
    case "mcp":
      return <McpSheet onClose={onClose} />;
    case "networks":
      return <NetworksSheet onClose={onClose} />;
    case "import":
      return <ImportSheet onClose={onClose} />;
    case "try":
      return <TrySheet onClose={onClose} />;
  }
}
