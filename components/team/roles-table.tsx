import { roleHints, roleLabels } from "./role-text";

/** Each role in one line, from the most to the least. */
export function RolesTable() {
  return (
    <dl className="divide-y divide-line rounded border border-line bg-surface">
      {Object.entries(roleHints).map(([role, hint]) => (
        <div key={role} className="flex flex-wrap gap-x-6 gap-y-0.5 px-4 py-2">
          <dt className="w-40 shrink-0 font-medium">{roleLabels[role] ?? role}</dt>
          <dd className="min-w-0 flex-1 basis-64 text-ink-2">{hint}</dd>
        </div>
      ))}
    </dl>
  );
}
