"use client";
import { useState } from "react";
import type { Act } from "@/components/act/act-result";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { ActForm } from "@/components/ui/act-form";
import { requestSignIn } from "@/lib/access/sign-in-request";

export type RedeemAct = Act<{ token: string; name: string; email: string; password: string }, unknown>;
type PersonFormProps = { token: string; act: RedeemAct; email: string | null; /** Known here already: only the present password is asked for. */ hasAccount?: boolean; button: string; then: string };

/** Name, e-mail and password of a new person, who is then signed in. */
export function PersonForm({ token, act, email: fixedEmail, hasAccount = false, button, then }: PersonFormProps) {
  const [name, setName] = useState("");
  const [email, setEmail] = useState(fixedEmail ?? "");
  const [password, setPassword] = useState("");
  // Busy until the browser has gone: the link is used by then, and a second press would only be told so.
  const [isLeaving, setLeaving] = useState(false);
  const { run, isBusy, failure, fieldError } = useAct(act, {
    failures: "inline",
    isRefreshing: false,
    onDone: () => {
      setLeaving(true);
      void requestSignIn({ email: email.trim(), password }).then((answer) => location.assign(answer.ok ? then : "/sign-in"));
    },
  });
  return (
    <ActForm failure={failure} onSubmit={() => void run({ token, name, email: email.trim(), password })}>
      {!hasAccount && (
        <Field label="Name" error={fieldError("name")} isRequired>
          <Input name="name" dir="auto" autoComplete="name" autoFocus value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
      )}
      <Field label="E-mail" error={fieldError("email")} isRequired>
        <Input type="email" name="email" autoComplete="username" readOnly={fixedEmail !== null} value={email} onChange={(event) => setEmail(event.target.value)} />
      </Field>
      <Field label="Password" error={fieldError("password")} hint={hasAccount ? "The one you sign in with here." : "At least 12 characters."} isRequired>
        <Input type="password" name="password" autoComplete={hasAccount ? "current-password" : "new-password"} autoFocus={hasAccount} value={password} onChange={(event) => setPassword(event.target.value)} />
      </Field>
      <Button type="submit" variant="primary" size="lg" isBusy={isBusy || isLeaving}>
        {button}
      </Button>
    </ActForm>
  );
}
