"use client";
import { cloneElement, Suspense, useState, type ComponentProps, type ReactElement, type ReactNode } from "react";

type Props = {
  trigger: ReactElement<ComponentProps<"button">>;
  /** Fetches the code of the menu; asked as soon as the pointer or the focus is on the trigger. */
  load(): Promise<unknown>;
  /** The menu itself, opened, around the same trigger. */
  menu(): ReactNode;
};

/** A menu whose code comes when its trigger is first wanted: every page carries the trigger, few visits open it. */
export function MenuOnPress({ trigger, load, menu }: Props) {
  const [isWanted, setWanted] = useState(false);
  const prepare = () => void load();
  const plain = cloneElement(trigger, { "aria-haspopup": "menu", "aria-expanded": isWanted, onPointerEnter: prepare, onFocus: prepare, onClick: () => setWanted(true) });
  return isWanted ? <Suspense fallback={plain}>{menu()}</Suspense> : plain;
}
