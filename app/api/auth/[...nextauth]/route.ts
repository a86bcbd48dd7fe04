import { handleAuth } from "@/lib/server/auth-handler";

type Context = { params: Promise<{ nextauth: string[] }> };

const serve = async (request: Request, context: Context) => handleAuth(request, (await context.params).nextauth);

export { serve as GET, serve as POST };
