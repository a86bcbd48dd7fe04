import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { Door } from "@/components/doors/door";
import { SignInForm } from "@/components/doors/sign-in-form";
import { currentActor, openPage, safeNextPath } from "@/lib/server/current-actor";

export const metadata: Metadata = { title: "Sign in" };

export default async function Page({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  await openPage("/sign-in");
  const next = safeNextPath((await searchParams).next);
  if ((await currentActor()) !== null) redirect(next);
  return (
    <Door title="Sign in to Basehold">
      <SignInForm then={next} />
      <p className="text-sm text-ink-3">
        No account yet? The first one is made with the set-up link that <code className="font-mono">npm run up</code> printed; others come by invitation. <code className="font-mono">npx basehold</code> on the machine prints the link again and resets passwords.
      </p>
    </Door>
  );
}
