"use client";
import { FileUp } from "lucide-react";
import { useId } from "react";
import { buttonLooks } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";

type Pem = { certificatePem: string; keyPem: string };
type PemProps = { value: Pem; onChange(value: Pem): void; errors: { certificatePem: string | undefined; keyPem: string | undefined } };

/** A certificate with its chain, and its key: pasted, or read from files. They leave the browser with the form. */
export function PemFields({ value, onChange, errors }: PemProps) {
  return (
    <>
      <PemField label="Certificate and chain" name="certificatePem" hint="PEM: the certificate of the name first, then the authorities that lead to the root." error={errors.certificatePem} text={value.certificatePem} onText={(certificatePem) => onChange({ ...value, certificatePem })} />
      <PemField label="Private key" name="keyPem" hint="PEM, without a passphrase. It is encrypted before it is kept, and never shown again." error={errors.keyPem} text={value.keyPem} onText={(keyPem) => onChange({ ...value, keyPem })} />
    </>
  );
}

type PemFieldProps = { label: string; name: string; hint: string; error: string | undefined; text: string; onText(text: string): void };

function PemField({ label, name, hint, error, text, onText }: PemFieldProps) {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <Field label={label} hint={hint} error={error}>
        <Textarea name={name} isMono rows={4} spellCheck={false} autoComplete="off" placeholder="-----BEGIN …" value={text} onChange={(event) => onText(event.target.value)} />
      </Field>
      <span className="relative self-start">
        <input id={id} type="file" accept=".pem,.crt,.cer,.key,.txt" aria-label={`${label} from a file`} className="peer absolute inset-0 size-full cursor-pointer opacity-0" onChange={(event) => void readInto(event.target, onText)} />
        <span aria-hidden className={cn(buttonLooks({ size: "sm" }), "pointer-events-none peer-focus-visible:outline-2 peer-hover:bg-hover")}>
          <FileUp className="size-4" />
          From a file
        </span>
      </span>
    </div>
  );
}

async function readInto(input: HTMLInputElement, onText: (text: string) => void): Promise<void> {
  const [file] = input.files ?? [];
  if (file !== undefined) onText(await file.text());
  // The same file again is a change again.
  input.value = "";
}
