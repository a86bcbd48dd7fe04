import { enqueueOperation } from "./queue";
import { Clock, openTestStore, startWorker, type TestStore, type TestWorker, type workflowOf } from "./store.fixture";

const actor = { kind: "system", name: "Test" } as const;

export type RunnerScene = TestStore & { clock: Clock; workers: TestWorker[] };

/** A store of a test's own with a clock and the workers on it, which stop before it is closed. */
export async function openRunnerScene(): Promise<RunnerScene> {
  const opened = await openTestStore();
  const workers: TestWorker[] = [];
  return {
    ...opened,
    clock: new Clock(),
    workers,
    close: async () => {
      await Promise.all(workers.map((worker) => worker.stop()));
      await opened.close();
    },
  };
}

/** What the tests of the runner do in their scene: ask for an operation, steer it, and start a worker that ends with the test. */
export function actsOf(scene: () => RunnerScene) {
  function enqueue(projectId: string | null = "p1", input: unknown = {}) {
    const { store, clock } = scene();
    return store.transaction((tx) => enqueueOperation(tx, { kind: "project.export", projectId, input, actor, now: clock.now() }));
  }

  function work(workflows: ReturnType<typeof workflowOf>, options: Partial<Parameters<typeof startWorker>[0]> = {}): TestWorker {
    const { store, clock, workers } = scene();
    const worker = startWorker({ store, now: clock.now, workflows, ...options });
    workers.push(worker);
    return worker;
  }

  const steer = (operationId: string) => ({ operationId, actor, now: scene().clock.now() });

  return { enqueue, work, steer };
}
