"use client";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { Act } from "./act-result";

type PasswordDialogProps = { confirm: Act<{ password: string }, unknown>; onClose(isConfirmed: boolean): void };

/** "Confirm it is you": the password, then the act goes on by itself. */
export function PasswordDialog({ confirm, onClose }: PasswordDialogProps) {
  const [password, setPassword] = useState("");
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);

  const submit = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const result = await confirm({ password });
      if (result.ok) onClose(true);
      else setError(result.error.fields?.password ?? result.error.message);
    } catch {
      setError("The panel did not answer. Try again.");
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose(false);
      }}
      title="Confirm it is you"
      description="This act needs your password. It then counts as confirmed for 10 minutes."
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Field label="Password" error={error} isRequired>
          <Input type="password" name="password" autoComplete="current-password" autoFocus value={password} onChange={(event) => setPassword(event.target.value)} />
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={() => onClose(false)}>Cancel</Button>
          <Button type="submit" variant="primary" isBusy={isBusy} disabled={password === ""}>
            Confirm
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
