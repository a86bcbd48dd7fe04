import fc from "fast-check";
import { expect, test } from "vitest";
import { LABEL, splitByProject, type Observed } from "./observed";

const labels = fc.option(fc.constantFrom("p1", "p2", "p3"), { nil: undefined }).map((projectId): Record<string, string> => (projectId === undefined ? {} : { [LABEL.project]: projectId }));
const observed: fc.Arbitrary<Observed> = fc.record({
  takenAtMs: fc.nat(),
  images: fc.constant({ "a:1": "sha256:1" }),
  networks: fc.array(fc.record({ id: fc.string(), name: fc.string(), labels, subnet: fc.constant(null) })),
  volumes: fc.array(fc.record({ name: fc.string(), labels })),
  containers: fc.array(
    fc.record({ id: fc.string(), name: fc.string(), labels, imageId: fc.string(), imageRef: fc.string(), state: fc.constant("running" as const), health: fc.constant("none" as const), exitCode: fc.constant(null), startedAt: fc.constant(null), restartCount: fc.constant(0), networks: fc.constant([]) }),
  ),
});

test("a snapshot taken apart gives each project exactly its own objects, in their order", () => {
  fc.assert(
    fc.property(observed, fc.constantFrom("p1", "p2", "p3", "p4"), (snapshot, projectId) => {
      const isOwn = (item: { labels: Record<string, string> }) => item.labels[LABEL.project] === projectId;
      const expected = { ...snapshot, containers: snapshot.containers.filter(isOwn), networks: snapshot.networks.filter(isOwn), volumes: snapshot.volumes.filter(isOwn) };
      expect(splitByProject(snapshot)(projectId)).toEqual(expected);
    }),
  );
});

test("a neighbour belongs to each project on whose network it is, and to no other", () => {
  const network = (name: string, projectId: string) => ({ id: name, name, labels: { [LABEL.project]: projectId }, subnet: null });
  const neighbour = { id: "n", name: "n", labels: {}, imageId: "", imageRef: "", state: "running" as const, health: "none" as const, exitCode: null, startedAt: null, restartCount: 0, networks: ["one", "bridge"] };
  const split = splitByProject({ takenAtMs: 0, images: {}, containers: [], volumes: [], networks: [network("one", "p1"), network("two", "p2")], neighbours: [neighbour] });
  expect(split("p1").neighbours).toEqual([neighbour]);
  expect(split("p2").neighbours).toEqual([]);
  expect(split("p3").neighbours).toEqual([]);
});
