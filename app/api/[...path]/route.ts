import { NotFoundError } from "@/lib/access/errors";
import { problemResponse } from "@/lib/server/problem";

const answer = () => problemResponse(new NotFoundError("There is no such path in the API. /api/v1/docs lists those that there are."));

/** What programs ask for under a path that is none gets a problem document like every other answer, not the page for people. */
export { answer as DELETE, answer as GET, answer as PATCH, answer as POST, answer as PUT };
