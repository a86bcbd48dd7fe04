"use server";
import { callFunctionRequest } from "@/lib/access/worker-protocol";
import { deleteFunction, deployFunction } from "@/lib/projects/deploy-function";
import { deleteFunctionInput, deployFunctionInput } from "@/lib/projects/inputs";
import { action } from "@/lib/server/action";

export const deploy = action("function.deploy", deployFunctionInput, deployFunction);
export const remove = action("function.delete", deleteFunctionInput, deleteFunction);
/** Typed as text in the form; the schema holds it to a method. */
export const call = action("function.call", callFunctionRequest, (ctx, input) => ctx.worker.callFunction(input));
