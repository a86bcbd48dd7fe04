"use client";
import { useState } from "react";
import type { Act } from "@/components/act/act-result";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { ActForm } from "@/components/ui/act-form";

/** A new password by a one-time link; every session of the person ends. */
export function ResetForm({ token, act }: { token: string; act: Act<{ token: string; password: string }, unknown> }) {
  const [password, setPassword] = useState("");
  // Busy until the browser has gone: the link is used by then, and a second press would only be told so.
  const [isLeaving, setLeaving] = useState(false);
  const { run, isBusy, failure, fieldError } = useAct(act, {
    failures: "inline",
    isRefreshing: false,
    onDone: () => {
      setLeaving(true);
      location.assign("/sign-in");
    },
  });
  return (
    <ActForm failure={failure} onSubmit={() => void run({ token, password })}>
      <Field label="New password" error={fieldError("password")} hint="At least 12 characters. All sessions end." isRequired>
        <Input type="password" name="password" autoComplete="new-password" autoFocus value={password} onChange={(event) => setPassword(event.target.value)} />
      </Field>
      <Button type="submit" variant="primary" size="lg" isBusy={isBusy || isLeaving}>
        Set password
      </Button>
    </ActForm>
  );
}
