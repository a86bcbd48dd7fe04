import type { Step } from "@/lib/operations/types";
import type { PullProgress } from "@/lib/engine/port";
import type { EventSink } from "./apply-stack";
import { loadDesiredStack } from "./load-stack";
import type { WorkflowTools } from "./tools";

const parallelPulls = 3;

/** Pulls the images that the engine does not hold yet, and says how many bytes are in. */
export function imagesStep<Input extends { projectId: string }>(tools: WorkflowTools): Step<Input> {
  return {
    key: "images",
    title: "Fetch images",
    timeoutMs: 45 * 60_000,
    isCancellable: true,
    async run({ input, emit }, signal) {
      const stack = await loadDesiredStack(tools, input.projectId);
      const { prefix } = await tools.imageSource();
      const refs = [...new Set(stack.services.map((service) => prefix + service.image))].sort();
      const { images } = await tools.engine.observe({ instanceId: tools.instanceId, projectId: input.projectId, imageRefs: refs }, signal);
      const missing = refs.filter((ref) => images[ref] === undefined);
      if (missing.length === 0) {
        emit({ level: "info", message: `All ${refs.length} images are on this machine already.`, current: null, total: null, detail: null });
        return { pulled: 0 };
      }
      await pullAll(tools, missing, emit, signal);
      return { pulled: missing.length };
    },
  };
}

async function pullAll(tools: WorkflowTools, refs: readonly string[], emit: EventSink, signal: AbortSignal): Promise<void> {
  const queue = [...refs];
  const progress = new Map<string, PullProgress>();
  const report = (ref: string, state: PullProgress) => {
    progress.set(ref, state);
    const all = [...progress.values()];
    const current = all.reduce((sum, item) => sum + item.downloadedBytes, 0);
    const total = all.reduce((sum, item) => sum + item.totalBytes, 0);
    emit({ level: "progress", message: `${ref}: ${state.phase}`, current, total, detail: { unit: "bytes", image: ref, phase: state.phase } });
  };
  const pullNext = async (): Promise<void> => {
    for (let ref = queue.shift(); ref !== undefined; ref = queue.shift()) {
      const image = ref;
      await tools.engine.pullImage(image, (state) => report(image, state), signal);
      emit({ level: "info", message: `${image} is here.`, current: null, total: null, detail: null });
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallelPulls, refs.length) }, pullNext));
}
