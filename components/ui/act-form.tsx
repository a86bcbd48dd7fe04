import type { ReactNode } from "react";
import { Notice } from "./notice";

type ActFormProps = {
  /** What the act answered; where it names fields, they say it themselves. */
  failure: { message: string; fields?: unknown } | null;
  onSubmit(): void;
  children: ReactNode;
};

/** A form that hands its act over to the server and says what went wrong as a whole. */
export function ActForm({ failure, onSubmit, children }: ActFormProps) {
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {failure !== null && failure.fields === undefined && <Notice tone="bad">{failure.message}</Notice>}
      {children}
    </form>
  );
}
