"use client";
import { Button } from "@/components/ui/button";
import { FailureNote } from "@/components/ui/notice";

/** What a page shows when it could not be drawn. The projects themselves are not concerned. */
export function PageFailure({ error, onRetry }: { error: Error & { digest?: string }; onRetry(): void }) {
  return (
    <FailureNote
      what="The panel could not draw this page."
      stillWorks="Your projects keep running; only the view of them failed."
      todo="Try again. When it stays, look into the log of the web process under the reference below."
      technical={error.digest ? `Reference ${error.digest}` : error.message}
      acts={
        <Button variant="primary" onClick={onRetry}>
          Try again
        </Button>
      }
    />
  );
}
