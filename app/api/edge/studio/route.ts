import { answerStudioQuestion } from "@/lib/server/answer-studio";

export const GET = (request: Request) => answerStudioQuestion(request.headers);
