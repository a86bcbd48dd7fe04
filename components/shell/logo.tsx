/** The mark: stacked layers held by a bracket. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg aria-hidden viewBox="0 0 24 24" className={className} fill="none">
      <path d="M4 3.5v17M4 3.5h4M4 20.5h4" stroke="var(--accent-ink)" strokeWidth="2.2" strokeLinecap="round" strokeLinejoin="round" />
      <rect x="9" y="6" width="11" height="3.2" rx="1.4" fill="currentColor" />
      <rect x="9" y="10.9" width="11" height="3.2" rx="1.4" fill="currentColor" opacity="0.75" />
      <rect x="9" y="15.8" width="11" height="3.2" rx="1.4" fill="currentColor" opacity="0.5" />
    </svg>
  );
}
