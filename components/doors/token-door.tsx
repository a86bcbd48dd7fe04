"use client";
import { useEffect, useState, type ReactNode } from "react";
import type { Act } from "@/components/act/act-result";
import { ButtonLink } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { useHashToken } from "./use-hash-token";

type TokenDoorProps<Found> = {
  lookUp: Act<{ token: string }, Found>;
  /** Said when there is no token, or it opens nothing (any more). */
  closed: ReactNode;
  children(token: string, found: Found): ReactNode;
};

/** Reads the one-time token behind `#`, asks what it opens, and shows the form for it. */
export function TokenDoor<Found>({ lookUp, closed, children }: TokenDoorProps<Found>) {
  const token = useHashToken();
  const [answer, setAnswer] = useState<{ found: Found } | { refusal: ReactNode } | null>(null);
  useEffect(() => {
    if (token === undefined || token === null) return;
    let isCurrent = true;
    lookUp({ token }).then(
      (result) => isCurrent && setAnswer(result.ok ? { found: result.data } : { refusal: result.error.code === "not-found" ? closed : result.error.message }),
      () => isCurrent && setAnswer({ refusal: "The panel did not answer. Load this page again with the whole link." }),
    );
    return () => {
      isCurrent = false;
    };
  }, [token, lookUp, closed]);

  if (token === null) return <Closed text={closed} />;
  if (token === undefined || answer === null) return <FormSkeleton />;
  if ("refusal" in answer) return <Closed text={answer.refusal} />;
  return children(token, answer.found);
}

function Closed({ text }: { text: ReactNode }) {
  return (
    <div className="flex flex-col gap-4">
      <Notice tone="warn">{text}</Notice>
      <ButtonLink href="/sign-in" size="lg">
        Go to sign in
      </ButtonLink>
    </div>
  );
}

function FormSkeleton() {
  return (
    <div role="status" aria-label="Checking the link" className="flex flex-col gap-4">
      {Array.from({ length: 3 }, (_, index) => (
        <div key={index} className="flex flex-col gap-1.5">
          <Skeleton className="h-4 w-20" />
          <Skeleton className="h-8 max-sm:h-11" />
        </div>
      ))}
      <Skeleton className="h-10" />
    </div>
  );
}
