/** Who is signed in, as the frame shows it. */
export type AccountSummary = { name: string; email: string; role: string };
