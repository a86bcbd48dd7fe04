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
      let answer = await fetchArchive(url);
      if ("code" in answer && answer.code === "password-required") {
        if (!(await askPassword())) return;
        answer = await fetchArchive(url);
      }
      if ("archive" in answer) save(answer.archive, answer.fileName);
      else showToast(answer.message, { tone: "bad", lastsMs: 9000 });
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

type Answer = { archive: Blob; fileName: string } | { code: string; message: string };

/** One request for the whole archive, a few hundred kB: asking first and downloading then would be written to the audit log twice. */
async function fetchArchive(url: string): Promise<Answer> {
  try {
    const response = await fetch(url);
    if (response.ok) return { archive: await response.blob(), fileName: /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1] ?? "export.tar.gz" };
    const problem = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
    return { code: problem.code ?? "failed", message: problem.detail ?? "The archive could not be downloaded." };
  } catch {
    return { code: "unreachable", message: "The panel did not answer. Try again." };
  }
}

function save(archive: Blob, fileName: string): void {
  const url = URL.createObjectURL(archive);
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
