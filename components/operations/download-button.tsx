"use client";
import { Download } from "lucide-react";
import { useState } from "react";
import { usePasswordPrompt } from "@/components/act/password-prompt";
import { Button } from "@/components/ui/button";
import { showToast } from "@/components/ui/toast";

/** Downloads the archive of an export. It holds secrets, so the password may be asked for again first. */
export function DownloadButton({ operationId }: { operationId: string }) {
  const askPassword = usePasswordPrompt();
  const [isBusy, setBusy] = useState(false);
  const url = `/api/v1/operations/${operationId}/download`;
  const start = async () => {
    setBusy(true);
    try {
      let refusal = await askRefusal(url);
      if (refusal?.code === "password-required") {
        if (!(await askPassword())) return;
        refusal = await askRefusal(url);
      }
      if (refusal === null) location.assign(url);
      else showToast(refusal.message, { tone: "bad", lastsMs: 9000 });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button variant="primary" isBusy={isBusy} icon={<Download aria-hidden className="size-4" />} onClick={() => void start()}>
      Download
    </Button>
  );
}

/** Why the download would be refused; null when it would start. The answer's body is not read. */
async function askRefusal(url: string): Promise<{ code: string; message: string } | null> {
  const controller = new AbortController();
  try {
    const response = await fetch(url, { signal: controller.signal });
    if (response.ok) return null;
    const problem = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
    return { code: problem.code ?? "failed", message: problem.detail ?? "The archive could not be downloaded." };
  } catch {
    return { code: "unreachable", message: "The panel did not answer. Try again." };
  } finally {
    controller.abort();
  }
}
