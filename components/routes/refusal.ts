/** What the panel said against a form as it was typed; `form` is null before it said anything. */
export type Refusal<Form extends object> = { form: Form | null; fields: Readonly<Record<string, string>> };

export const noRefusal = { form: null, fields: {} } as const;

/** What the panel said of a place in the settings, as long as the form is still the one that it refused. Fields are named as in the API's input. */
export function refusedAt<Form extends object>({ form, fields }: Refusal<Form>, now: Form, place: string): string | undefined {
  return form === now ? fields[`settings.${place}`] : undefined;
}
