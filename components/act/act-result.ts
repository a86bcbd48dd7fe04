/** What a server action answers. `fields` names the inputs that were refused and the rule each broke. */
export type ActFailure = { code: string; message: string; fields?: Record<string, string> };
export type ActResult<Output> = { ok: true; data: Output } | { ok: false; error: ActFailure };
export type Act<Input, Output> = (input: Input) => Promise<ActResult<Output>>;
