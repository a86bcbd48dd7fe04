import { rootCertificates } from "node:tls";
import { Agent, request } from "undici";
import { z } from "zod";
import type { AcmeDirectory } from "@/lib/projects/domains/name-ports";
import { answerTimeoutMs, connectTimeoutMs } from "./limits";
import { readStart } from "./read-start";
import { wordsFor } from "./words-for";

const directory = z.object({ newOrder: z.string(), meta: z.object({ caaIdentities: z.array(z.string()).default([]), externalAccountRequired: z.boolean().default(false) }).optional() });

const maxBodyBytes = 64 * 1024;

/** Reads an ACME server's directory (RFC 8555, section 7.1.1): whether it answers, and under which names CAA records permit it. */
export async function readAcmeDirectory({ url, caRootPem }: { url: string; caRootPem: string | null }, signal: AbortSignal): Promise<AcmeDirectory> {
  const ca = caRootPem === null ? undefined : [...rootCertificates, caRootPem];
  const agent = new Agent({ connect: { timeout: connectTimeoutMs, ca } });
  try {
    // Servers may refuse whoever does not name their program (RFC 8555, section 6.1), and undici names none.
    const answer = await request(url, { dispatcher: agent, headers: { "user-agent": "Basehold" }, signal: AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]) });
    if (answer.statusCode !== 200) return { error: `answered ${answer.statusCode}` };
    const parsed = directory.safeParse(parseJson(await readStart(answer.body, maxBodyBytes)));
    if (!parsed.success) return { error: "its answer is no ACME directory" };
    return { caaIdentities: parsed.data.meta?.caaIdentities ?? [], needsAccountBinding: parsed.data.meta?.externalAccountRequired ?? false, error: null };
  } catch (error) {
    signal.throwIfAborted();
    return { error: wordsFor(error) };
  } finally {
    await agent.destroy();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
