import { redirect } from "next/navigation";
import { currentActor, openPage } from "@/lib/server/current-actor";

export default async function Page() {
  await openPage("/");
  redirect((await currentActor()) === null ? "/sign-in" : "/projects");
}
