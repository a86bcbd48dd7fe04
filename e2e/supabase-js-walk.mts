/**
 * Walks one project as an application would, with supabase-js from npm under Node 24 (it wants Node 22 or newer): signs up a user,
 * writes and reads a row under row level security, uploads and downloads a file, receives a broadcast, calls an edge function.
 * Environment: SUPABASE_URL, PUBLISHABLE_KEY, SECRET_KEY, DATABASE_URL (session pooler). Prints one line per act; exits 1 on the first that fails.
 */
import { randomUUID } from "node:crypto";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import pg from "pg";

const need = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set`);
  return value;
};

const url = need("SUPABASE_URL");
const deadlineMs = 15_000;

async function act<T>(title: string, run: () => Promise<T>): Promise<T> {
  const result = await run();
  console.log(`ok ${title}`);
  return result;
}

function must<T>(result: { data: T; error: { message: string } | null }): NonNullable<T> {
  if (result.error !== null) throw new Error(result.error.message);
  if (result.data === null || result.data === undefined) throw new Error("no data came back");
  return result.data;
}

async function makeTable(): Promise<void> {
  const client = new pg.Client({ connectionString: need("DATABASE_URL") });
  await client.connect();
  try {
    await client.query(`
      create table if not exists public.notes (id uuid primary key default gen_random_uuid(), owner uuid not null default auth.uid(), body text not null);
      alter table public.notes enable row level security;
      drop policy if exists own_notes on public.notes;
      create policy own_notes on public.notes for all to authenticated using (owner = auth.uid()) with check (owner = auth.uid());
      grant select, insert, update, delete on public.notes to authenticated;
      notify pgrst, 'reload schema';`);
  } finally {
    await client.end();
  }
}

async function signUp(): Promise<SupabaseClient> {
  const client = createClient(url, need("PUBLISHABLE_KEY"), { auth: { persistSession: false } });
  const { session } = must(await client.auth.signUp({ email: `${randomUUID()}@example.com`, password: randomUUID() }));
  if (session === null) throw new Error("the sign-up gave no session: is mail confirmation on?");
  return client;
}

async function eventually<T>(run: () => Promise<T>): Promise<T> {
  const until = Date.now() + deadlineMs;
  for (;;) {
    try {
      return await run();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

async function checkRows(first: SupabaseClient, second: SupabaseClient): Promise<void> {
  const body = randomUUID();
  must(await first.from("notes").insert({ body }).select());
  const own = must(await first.from("notes").select("body"));
  if (!own.some((row: { body: string }) => row.body === body)) throw new Error("the row did not come back");
  const foreign = must(await second.from("notes").select("body"));
  if (foreign.length !== 0) throw new Error("another user sees the row: row level security does not hold");
}

async function checkStorage(): Promise<void> {
  const admin = createClient(url, need("SECRET_KEY"), { auth: { persistSession: false } });
  const bucket = `walk-${randomUUID()}`;
  must(await admin.storage.createBucket(bucket, { public: false }));
  const content = new Uint8Array(256 * 1024).map((_, index) => (index * 31) % 251);
  must(await admin.storage.from(bucket).upload("folder/file.bin", content, { contentType: "application/octet-stream" }));
  const file = must(await admin.storage.from(bucket).download("folder/file.bin"));
  if (!Buffer.from(await file.arrayBuffer()).equals(Buffer.from(content))) throw new Error("the file came back changed");
  const signed = must(await admin.storage.from(bucket).createSignedUrl("folder/file.bin", 60));
  const response = await fetch(signed.signedUrl);
  if (!response.ok) throw new Error(`the signed URL answered ${response.status}`);
  must(await admin.storage.from(bucket).remove(["folder/file.bin"]));
}

async function checkBroadcast(sender: SupabaseClient, receiver: SupabaseClient): Promise<void> {
  const topic = `walk-${randomUUID()}`;
  const word = randomUUID();
  const received = new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no broadcast arrived")), deadlineMs);
    receiver.channel(topic).on("broadcast", { event: "word" }, ({ payload }) => {
      clearTimeout(timer);
      resolve(String(payload.word));
    }).subscribe((status) => {
      if (status !== "SUBSCRIBED") return;
      const channel = sender.channel(topic);
      channel.subscribe((state) => {
        if (state === "SUBSCRIBED") void channel.send({ type: "broadcast", event: "word", payload: { word } });
      });
    });
  });
  if ((await received) !== word) throw new Error("another word arrived");
}

async function walk(): Promise<void> {
  await act("a table is made through the session pooler", () => eventually(makeTable));
  const [first, second] = await act("two users sign up", async () => [await signUp(), await signUp()] as const);
  await act("a row is written and read under row level security", () => eventually(() => checkRows(first, second)));
  await act("a file is uploaded, downloaded and reached by a signed URL", checkStorage);
  await act("a Realtime broadcast arrives", () => checkBroadcast(first, second));
  await act("an edge function answers", async () => {
    must(await first.functions.invoke("hello", { body: { name: "walk" } }));
  });
  await Promise.all([first.removeAllChannels(), second.removeAllChannels()]);
}

walk().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
