import { NotFoundError, UnauthenticatedError } from "@/lib/access/errors";
import { studioAuthorizationHeader } from "@/lib/projects/edge/edge-studio";
import { redeemStudioTicket } from "@/lib/projects/studio/redeem-ticket";
import { linkBase } from "./panel-links";
import { problemResponse } from "./problem";
import { reportError } from "./report-error";
import { webStore } from "./store";
import { closedPage } from "./studio-closed-page";
import { readStudioQuestion, studioCookieName, type StudioQuestion } from "./studio-question";
import { askStudioAccess } from "./worker-client";

const uncached = { "cache-control": "no-store" };

/**
 * Answers the edge's question whether a request may go on to a project's Studio. 204: it may, with the header that the gateway asks for.
 * Anything else goes to the browser as it is. Who asks without the edge's proof is told that there is nothing here.
 */
export async function answerStudioQuestion(headers: Pick<Headers, "get">): Promise<Response> {
  const question = readStudioQuestion(headers);
  if (question === null) return problemResponse(new NotFoundError());
  try {
    if (question.ticket !== null) return await redeem(question, question.ticket);
    if (question.isForeign) return Response.json({ message: "A page of another address cannot use Studio." }, { status: 403, headers: uncached });
    if (question.session === null || question.wantsSignIn) return await closed(question);
    const authorization = await askStudioAccess({ session: question.session, projectId: question.projectId });
    return new Response(null, { status: 204, headers: { ...uncached, [studioAuthorizationHeader]: authorization } });
  } catch (error) {
    if (error instanceof UnauthenticatedError) return closed(question);
    const { status, publicMessage } = reportError(error, "studio question");
    return Response.json({ message: `Studio is closed for now: ${publicMessage}` }, { status: status >= 500 ? 503 : status, headers: uncached });
  }
}

/** The link is used up: the browser goes on to the same page without the ticket, with a cookie in its place. */
async function redeem(question: StudioQuestion, ticket: string): Promise<Response> {
  const { projectId, isHttps, target } = question;
  const session = await redeemStudioTicket(await webStore(), { projectId, token: ticket, now: new Date() });
  if (session === null) return closed(question, "This link was used already or is older than a minute.");
  // Lax: the browser comes here from the panel, which is another site, and would leave a strict cookie out of that very request.
  const cookie = `${studioCookieName(projectId, isHttps)}=${session}; Path=/; HttpOnly; SameSite=Lax${isHttps ? "; Secure" : ""}`;
  return new Response(null, { status: 302, headers: { ...uncached, location: target, "set-cookie": cookie, "referrer-policy": "no-referrer" } });
}

/** A page for a person, a message for a program. The browser asks for a name and password only where somebody chose to be asked. */
async function closed({ projectId, target, isNavigation, wantsSignIn }: StudioQuestion, reason = "Nobody is signed in at this Studio from here, or it was not used for 10 minutes."): Promise<Response> {
  const challenge: Record<string, string> = wantsSignIn ? { "www-authenticate": 'Basic realm="Studio", charset="UTF-8"' } : {};
  if (!isNavigation) return Response.json({ message: "Studio is closed. Open it from the panel." }, { status: 401, headers: { ...uncached, ...challenge } });
  const store = await webStore();
  const project = await store.db.project.findUnique({ where: { id: projectId }, select: { ref: true } });
  const panel = project === null ? null : `${(await linkBase({ store })).replace(/\/$/, "")}/projects/${project.ref}/studio?to=${encodeURIComponent(target)}`;
  return closedPage({ panel, target, reason, headers: { ...uncached, ...challenge } });
}
