"use client";
import { Door } from "@/components/doors/door";
import { PageFailure } from "@/components/shell/page-failure";

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset(): void }) {
  return (
    <Door title="This page failed">
      <PageFailure error={error} onRetry={reset} />
    </Door>
  );
}
