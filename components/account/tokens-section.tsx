"use client";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import type { Act } from "@/components/act/act-result";
import { useAct } from "@/components/act/use-act";
import { OneTimeText } from "@/components/team/one-time-link";
import { roleHints, roleLabels } from "@/components/team/role-text";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Checkbox, RadioGroup, Radio } from "@/components/ui/choice";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { Cell, HeadCell, Row, Table, TableHead } from "@/components/ui/table";
import { TimeAgo } from "@/components/ui/time-ago";

export type TokenRow = { id: string; name: string; prefix: string; role: string; projectRefs: string[] | null; scopes: string[]; createdAt: string; expiresAt: string; lastUsedAt: string | null; ownerName: string | null };
export type CreateTokenInput = { name: string; role: string; projectRefs: string[] | null; scopes: string[]; expiresInDays: number };
export type CreateTokenAct = Act<CreateTokenInput, { token: string }>;
export type RevokeTokenAct = Act<{ tokenId: string }, unknown>;

/** Tokens for programs: prefix, role, projects, extra scopes, expiry. */
export function TokensTable({ tokens, revoke, isOwnerShown = false }: { tokens: readonly TokenRow[]; revoke: RevokeTokenAct; isOwnerShown?: boolean }) {
  return (
    <Table label="API tokens">
      <TableHead>
        <HeadCell>Name</HeadCell>
        {isOwnerShown && <HeadCell>Of</HeadCell>}
        <HeadCell>Role</HeadCell>
        <HeadCell>Projects</HeadCell>
        <HeadCell>Last used</HeadCell>
        <HeadCell>Ends</HeadCell>
        <HeadCell>
          <span className="sr-only">Acts</span>
        </HeadCell>
      </TableHead>
      <tbody>
        {tokens.map((token) => (
          <Row key={token.id}>
            <Cell className="max-w-56">
              <span className="block truncate font-medium">{token.name}</span>
              <span className="block truncate font-mono text-xs text-ink-3">{token.prefix}…</span>
            </Cell>
            {isOwnerShown && (
              <Cell>
                <bdi>{token.ownerName}</bdi>
              </Cell>
            )}
            <Cell>
              <span className="flex flex-wrap items-center gap-1.5">
                {roleLabels[token.role] ?? token.role}
                {token.scopes.map((scope) => (
                  <Badge key={scope} tone="warn">
                    {scope}
                  </Badge>
                ))}
              </span>
            </Cell>
            <Cell className="max-w-48 truncate font-mono text-sm">{token.projectRefs === null ? "All it may see" : token.projectRefs.join(", ")}</Cell>
            <Cell className="text-sm text-ink-2">{token.lastUsedAt ? <TimeAgo at={token.lastUsedAt} /> : "Never"}</Cell>
            <Cell className="text-sm text-ink-2">
              <TimeAgo at={token.expiresAt} />
            </Cell>
            <Cell className="text-right">
              <RevokeButton token={token} act={revoke} />
            </Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}

function RevokeButton({ token, act }: { token: TokenRow; act: RevokeTokenAct }) {
  const { run, isBusy } = useAct(act, { done: "Token revoked. It no longer opens anything." });
  return (
    <Button size="sm" variant="ghost" isBusy={isBusy} aria-label={`Revoke the token ${token.name}`} onClick={() => void run({ tokenId: token.id })}>
      Revoke
    </Button>
  );
}

const scopeTexts = [
  { id: "reveal", label: "Reveal secrets" },
  { id: "export", label: "Export projects" },
  { id: "delete", label: "Delete and undo" },
  { id: "roles", label: "Change roles" },
];

/** Makes a token and shows it once. */
export function NewTokenButton({ act, roles, projectRefs }: { act: CreateTokenAct; roles: readonly string[]; projectRefs: readonly string[] }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button icon={<KeyRound aria-hidden className="size-4" />} onClick={() => setOpen(true)}>
        New token
      </Button>
      {isOpen && <NewTokenDialog act={act} roles={roles} projectRefs={projectRefs} onClose={() => setOpen(false)} />}
    </>
  );
}

function NewTokenDialog({ act, roles, projectRefs, onClose }: { act: CreateTokenAct; roles: readonly string[]; projectRefs: readonly string[]; onClose(): void }) {
  const [input, setInput] = useState<CreateTokenInput>({ name: "", role: roles.includes("viewer") ? "viewer" : (roles[0] ?? ""), projectRefs: null, scopes: [], expiresInDays: 90 });
  const [token, setToken] = useState<string | null>(null);
  const { run, isBusy, failure, fieldError } = useAct(act, { failures: "inline", onDone: (data) => setToken(data.token) });
  const change = (part: Partial<CreateTokenInput>) => setInput((now) => ({ ...now, ...part }));
  if (token !== null) {
    return (
      <Dialog isOpen onOpenChange={(isOpen) => !isOpen && onClose()} title="New token" footer={<Button variant="primary" onClick={onClose}>Done</Button>}>
        <OneTimeText text={token} label="token" note="Shown once: only its hash is kept." />
      </Dialog>
    );
  }
  return (
    <Dialog isOpen onOpenChange={(isOpen) => !isOpen && onClose()} title="New token" description="For programs that use the REST API. It never does more than you may.">
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void run(input);
        }}
      >
        {failure && !failure.fields && <Notice tone="bad">{failure.message}</Notice>}
        <Field label="Name" error={fieldError("name")} hint="What it is for." isRequired>
          <Input name="name" autoComplete="off" dir="auto" value={input.name} onChange={(event) => change({ name: event.target.value })} />
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Role" error={fieldError("role")} hint={roleHints[input.role]}>
            <Select value={input.role} onChange={(event) => change({ role: event.target.value })} options={roles.map((value) => ({ value, label: roleLabels[value] ?? value }))} />
          </Field>
          <Field label="Ends after" error={fieldError("expiresInDays")}>
            <Select value={String(input.expiresInDays)} onChange={(event) => change({ expiresInDays: Number(event.target.value) })} options={[7, 30, 90, 365].map((days) => ({ value: String(days), label: `${days} days` }))} />
          </Field>
        </div>
        <ProjectChoice input={input} change={change} projectRefs={projectRefs} error={fieldError("projectRefs")} />
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1.5 text-sm font-medium">Extra scopes</legend>
          {scopeTexts.map(({ id, label }) => (
            <Checkbox key={id} label={label} checked={input.scopes.includes(id)} onChange={(event) => change({ scopes: event.target.checked ? [...input.scopes, id] : input.scopes.filter((scope) => scope !== id) })} />
          ))}
        </fieldset>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isBusy={isBusy}>
            Make token
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

type ChoiceProps = { input: CreateTokenInput; change(part: Partial<CreateTokenInput>): void; projectRefs: readonly string[]; error: string | undefined };

function ProjectChoice({ input, change, projectRefs, error }: ChoiceProps) {
  return (
    <RadioGroup legend="Projects">
      <Radio name="projects" label="All that you may see" checked={input.projectRefs === null} onChange={() => change({ projectRefs: null })} />
      <Radio name="projects" label="Only these" checked={input.projectRefs !== null} onChange={() => change({ projectRefs: [] })} disabled={projectRefs.length === 0} />
      {input.projectRefs !== null && (
        <div className="ml-6 flex max-h-40 flex-col gap-2 overflow-y-auto">
          {projectRefs.map((ref) => (
            <Checkbox
              key={ref}
              label={<span className="font-mono text-sm">{ref}</span>}
              checked={input.projectRefs?.includes(ref) ?? false}
              onChange={(event) => change({ projectRefs: event.target.checked ? [...(input.projectRefs ?? []), ref] : (input.projectRefs ?? []).filter((other) => other !== ref) })}
            />
          ))}
        </div>
      )}
      {error && (
        <p role="alert" className="text-sm text-bad">
          {error}
        </p>
      )}
    </RadioGroup>
  );
}
