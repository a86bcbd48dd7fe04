"use server";
import { operationInput } from "@/lib/projects/inputs";
import { cancelOperation, retryOperation } from "@/lib/projects/steer-operation";
import { action } from "@/lib/server/action";

export const cancel = action("operation.cancel", operationInput, cancelOperation);
export const retry = action("operation.retry", operationInput, retryOperation);
