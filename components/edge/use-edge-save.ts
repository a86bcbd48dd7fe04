"use client";
import { useAct } from "@/components/act/use-act";
import { showToast } from "@/components/ui/toast";
import type { EditEdgeAct } from "./edge-acts";

/** Saving of one section of the edge's settings. */
export function useEdgeSave(edit: EditEdgeAct, onSaved: () => void) {
  const save = useAct(edit, {
    failures: "inline",
    onDone: ({ operationId }) => {
      onSaved();
      showToast(operationId === null ? "Saved." : "Saved. The edge is brought to it now; what fails goes back.");
    },
  });
  // What belongs to a field is shown at the field.
  return { ...save, sentence: save.failure !== null && save.failure.fields === undefined ? save.failure.message : null };
}
