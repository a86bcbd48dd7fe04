/** What a server action answers. `fields` names the inputs that were refused and the rule each broke. */
export type ActFailure = { code: string; message: string; fields?: Record<string, string> };
export type ActResult<Output> = { ok: true; data: Output } | { ok: false; error: ActFailure };

// A form holds text where the server's schema wants one of a few words. The server parses whatever arrives, so an act may be
// given wider input than its schema takes: a method's parameters are compared both ways, a function's are not.
type Loose<Input, Output> = { run(input: Input): Promise<ActResult<Output>> };

/** A server action as a component sees it. */
export type Act<Input, Output> = Loose<Input, Output>["run"];
