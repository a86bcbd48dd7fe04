"use client";
import { useState, useSyncExternalStore } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { requestSignIn } from "@/lib/access/sign-in-request";

const never = () => () => undefined;

/** E-mail and password. Says the same for an unknown address and a wrong password. */
export function SignInForm({ then }: { then: string }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [failure, setFailure] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  // Before the page's script is in, the browser itself would send the form, and a GET would put the password into the address.
  const isLive = useSyncExternalStore(never, () => true, () => false);
  const submit = async () => {
    // Asked here and not by a greyed button: what a password manager filled in is not always known before it is sent.
    if (email.trim() === "" || password === "") return setFailure("Type your e-mail and password.");
    setBusy(true);
    setFailure(null);
    const result = await requestSignIn({ email: email.trim(), password });
    if (result.ok) return location.assign(then);
    setFailure(result.message);
    setBusy(false);
  };
  return (
    <form
      method="post"
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div aria-live="assertive" className={failure ? undefined : "sr-only"}>{failure && <Notice tone="bad">{failure}</Notice>}</div>
      <Field label="E-mail" isRequired>
        <Input type="email" name="email" autoComplete="username" autoFocus value={email} onChange={(event) => setEmail(event.target.value)} />
      </Field>
      <Field label="Password" isRequired>
        <Input type="password" name="password" autoComplete="current-password" value={password} onChange={(event) => setPassword(event.target.value)} />
      </Field>
      <Button type="submit" variant="primary" size="lg" isBusy={isBusy} disabled={!isLive}>
        Sign in
      </Button>
    </form>
  );
}
