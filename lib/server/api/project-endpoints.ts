import { z } from "zod";
import { callFunctionRequest } from "@/lib/access/worker-protocol";
import { createProjectInput, deleteProjectInput, duplicateProjectInput, editProjectInput, functionNameSchema, maxFunctionSizeBytes, restartServiceInput } from "@/lib/projects/inputs";
import { revealInput } from "@/lib/projects/reveal-secrets";
import { define, pageQuery, queryFlag, refParams } from "./define";
import { calledFunctionSchema, createdProjectSchema, deployedSchema, doorsSchema, functionSchema, maybeStartedSchema, metricsSchema, pageOf, previewSchema, projectDetailSchema, projectSchema, secretsSchema, startedSchema } from "./schemas";

const functionParams = refParams.extend({ name: functionNameSchema });
const called = callFunctionRequest.shape;
const callFunctionBody = z.object({
  method: called.method.default("POST"),
  path: called.path.default("").meta({ description: "What follows the function's name: empty, or a path and query that start with `/` or `?`." }),
  body: called.body.default(""),
});
const started = { tag: "Projects", params: refParams, status: 202, answer: startedSchema } as const;

export const projectEndpoints = {
  listProjects: define({
    name: "GET /api/v1/projects", tag: "Projects", summary: "Projects that you may see, by reference",
    query: pageQuery(500).extend({ includeDeleted: queryFlag.optional().meta({ description: "Whether those in the trash are listed too." }) }), answer: pageOf(projectSchema),
  }),
  createProject: define({
    name: "POST /api/v1/projects", tag: "Projects", summary: "Create a project", description: "Only `displayName` is needed. Answers at once; the operation proves the project ready.",
    body: createProjectInput, status: 202, answer: createdProjectSchema,
  }),
  previewProject: define({
    name: "POST /api/v1/projects/preview", tag: "Projects", summary: "What creating a project would make, and what stands in its way",
    description: "Takes what creating takes and changes nothing: the checks from a fresh look at the engine, and the plan as text.", body: createProjectInput, answer: previewSchema, repetition: "none",
  }),
  getProject: define({ name: "GET /api/v1/projects/{ref}", tag: "Projects", summary: "One project as it was last observed", params: refParams, answer: projectDetailSchema }),
  editProject: define({
    name: "PATCH /api/v1/projects/{ref}", tag: "Projects", summary: "Change settings", description: "What is left out stays. A change that has to be applied starts an operation, which proves the gateway contract and takes the change back when it fails.",
    params: refParams, body: editProjectInput.omit({ ref: true }), status: 202, answer: maybeStartedSchema,
  }),
  deleteProject: define({
    name: "DELETE /api/v1/projects/{ref}", tag: "Projects", summary: "Delete a project", description: "Containers go; data, address and ports stay reserved for seven days, in which `undo-delete` brings it all back.",
    params: refParams, body: deleteProjectInput.omit({ ref: true }), status: 202, answer: startedSchema,
  }),
  pauseProject: define({ ...started, name: "POST /api/v1/projects/{ref}/pause", summary: "Stop the containers and free their memory" }),
  resumeProject: define({ ...started, name: "POST /api/v1/projects/{ref}/resume", summary: "Start a paused project" }),
  restartService: define({ ...started, name: "POST /api/v1/projects/{ref}/restart", summary: "Restart one service", body: restartServiceInput.omit({ ref: true }) }),
  reconcileProject: define({ ...started, name: "POST /api/v1/projects/{ref}/reconcile", summary: "Bring the containers back to what the settings say" }),
  proveProject: define({ ...started, name: "POST /api/v1/projects/{ref}/prove", summary: "Run the gateway contract" }),
  duplicateProject: define({
    name: "POST /api/v1/projects/{ref}/duplicate", tag: "Projects", summary: "Create a project with the settings, gateway and functions of this one", description: "The routes in force come along as a draft. No data, key, secret or domain is copied.",
    params: refParams, body: duplicateProjectInput.omit({ ref: true }), status: 202, answer: createdProjectSchema,
  }),
  exportProject: define({ ...started, name: "POST /api/v1/projects/{ref}/export", summary: "Make a Compose folder that runs the same stack" }),
  undoDeleteProject: define({ ...started, name: "POST /api/v1/projects/{ref}/undo-delete", summary: "Bring a project back from the trash" }),
  purgeProject: define({ ...started, name: "POST /api/v1/projects/{ref}/purge", summary: "Remove a deleted project with all its data, at once", body: deleteProjectInput.omit({ ref: true }) }),
  cleanUpProject: define({ ...started, name: "POST /api/v1/projects/{ref}/clean-up", summary: "Remove what a failed creation left" }),
  revealSecrets: define({
    name: "POST /api/v1/projects/{ref}/reveal", tag: "Secrets", summary: "Show secrets of a project", description: "Each reveal is audited.",
    params: refParams, body: revealInput.omit({ ref: true }), answer: secretsSchema, repetition: "none",
  }),
  getMetrics: define({ name: "GET /api/v1/projects/{ref}/metrics", tag: "Projects", summary: "Memory and CPU of the last 15 minutes by service", params: refParams, answer: metricsSchema }),
  getDoors: define({
    name: "GET /api/v1/projects/{ref}/doors", tag: "Projects", summary: "Every address on which something of the project listens",
    description: "From a fresh look at the engine and from trying each address from its host: who gets there, why it exists, and what closes it.", params: refParams, answer: doorsSchema,
  }),
  followLogs: define({
    name: "GET /api/v1/projects/{ref}/logs", tag: "Projects", summary: "Follow the log of a service", params: refParams,
    query: z.object({
      service: z.string().min(1).max(40),
      sinceMs: z.coerce.number().nonnegative().optional().meta({ description: "Only lines after this time; `Last-Event-ID` says the same." }),
      tail: z.coerce.number().int().min(0).max(2000).default(300).meta({ description: "How many earlier lines come first." }),
    }),
    media: { type: "text/event-stream", description: "One message per line: `{atMs, service, stream, text}`. Its id is the line's time." },
  }),
  listFunctions: define({ name: "GET /api/v1/projects/{ref}/functions", tag: "Functions", summary: "Edge functions with their files", params: refParams, answer: z.object({ items: z.array(functionSchema) }) }),
  deployFunction: define({
    name: "PUT /api/v1/projects/{ref}/functions/{name}", tag: "Functions", summary: "Deploy an edge function", params: functionParams,
    body: z.object({ files: z.array(z.object({ path: z.string(), contentBase64: z.string() })).min(1, "Add at least one file.").max(200, "Use at most 200 files.") }),
    status: 202, answer: deployedSchema, maxBodyBytes: Math.ceil(maxFunctionSizeBytes * 1.4) + 64 * 1024,
  }),
  deleteFunction: define({ name: "DELETE /api/v1/projects/{ref}/functions/{name}", tag: "Functions", summary: "Take an edge function out of service", params: functionParams, status: 202, answer: startedSchema }),
  callFunction: define({
    name: "POST /api/v1/projects/{ref}/functions/{name}/call", tag: "Functions", summary: "Call an edge function", description: "Through the project's gateway, with its publishable key. Each call is audited, and an answer of the function is a 200 here whatever its own status.",
    params: functionParams, body: callFunctionBody, answer: calledFunctionSchema, repetition: "none",
  }),
};
