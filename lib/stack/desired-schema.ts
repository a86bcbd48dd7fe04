import { z } from "zod";
import type { DesiredStack } from "./desired";
import { partNamePattern, projectIdPattern, projectRefPattern } from "./names";

const serviceName = z.enum(["db", "api-gw", "auth", "rest", "realtime", "storage", "imgproxy", "meta", "functions", "studio", "supavisor"]);

/** Text that may stand in an argument or an environment value: a NUL would end it early inside the container. */
const text = z.string().refine((value) => !value.includes("\0"), "A value holds a NUL character.");

/** Absolute, without `.` and `..`, and nowhere near what a kernel or an engine serves. */
const containerPath = z
  .string()
  .regex(/^(\/[A-Za-z0-9._-]+)+$/, "Not an absolute path.")
  .refine((path) => !path.split("/").some((part) => part === "." || part === ".."), "A path climbs out of its folder.")
  .refine((path) => !/^\/(proc|sys|dev|run|var\/run)(\/|$)/.test(path), "A path lies in a folder of the system.");

/** Official name and tag, without a registry: the image source puts one before it. */
const image = z.string().regex(/^[a-z0-9]+(?:[._-][a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-][a-z0-9]+)*)?:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/, "Not an official image reference with a tag.");

const dnsName = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/, "Not a DNS name.");
const port = z.int().min(1).max(65535);
const positive = z.int().min(1);
const partName = z.string().regex(partNamePattern, "Not a short name of a volume or network.");

const privateSubnet = z
  .string()
  .regex(/^(10\.\d{1,3}|172\.(1[6-9]|2\d|3[01])|192\.168)\.\d{1,3}\.(0|64|128|192)\/26$/, "Not a private /26.")
  .refine((subnet) => subnet.split(/[./]/).slice(0, 4).every((octet) => Number(octet) <= 255), "Not a private /26.");

const configFile = z.strictObject({
  path: containerPath,
  content: text,
  // No set-user-id, set-group-id or sticky bit.
  mode: z.int().min(0).max(0o777),
  uid: z.int().min(0).max(65534),
  gid: z.int().min(0).max(65534),
  reloadable: z.boolean(),
});

const desiredService = z.strictObject({
  name: z.union([serviceName, z.literal("kong")]),
  image,
  entrypoint: z.array(text).optional(),
  command: z.array(text).optional(),
  environment: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "Not a name of an environment variable."), text),
  files: z.array(configFile),
  reload: z.array(text).min(1).optional(),
  mounts: z.array(z.strictObject({ volume: partName, path: containerPath, readOnly: z.boolean() })),
  aliases: z.array(dnsName),
  hostname: dnsName.optional(),
  publishedPorts: z.array(z.strictObject({ containerPort: port, hostIp: z.ipv4(), hostPort: port })),
  healthcheck: z
    .strictObject({ test: z.array(text).min(2), intervalMs: positive, timeoutMs: positive, retries: positive, startPeriodMs: z.int().min(0) })
    .refine(({ test }) => test[0] === "CMD" || test[0] === "CMD-SHELL", "A health check starts with CMD or CMD-SHELL.")
    .optional(),
  readiness: z.strictObject({ argv: z.array(text).min(1), deadlineMs: positive }),
  dependsOn: z.array(z.strictObject({ service: serviceName, condition: z.enum(["started", "healthy"]) })),
  limits: z.strictObject({ memoryBytes: positive.optional(), pids: positive.max(32_768), logMaxSizeBytes: positive, logMaxFiles: positive }),
  replace: z.enum(["stop-first", "start-first"]),
  singleHost: z.strictObject({ noNewPrivileges: z.literal(true) }),
});

const desiredStack: z.ZodType<DesiredStack> = z
  .strictObject({
    projectId: z.string().regex(projectIdPattern, "Not a project id."),
    projectRef: z.string().regex(projectRefPattern, "Not a project reference."),
    release: z.string().regex(/^v\d+\.\d+\.\d+$/, "Not a release."),
    revision: z.int().min(0),
    network: z.strictObject({ name: partName, subnet: privateSubnet }),
    volumes: z.array(z.strictObject({ name: partName })),
    services: z.array(desiredService).min(1),
    variables: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/, "Not a name of a variable."), text).optional(),
  })
  .superRefine((stack, check) => {
    for (const message of findContradictions(stack)) check.addIssue({ code: "custom", message });
  });

function findContradictions(stack: DesiredStack): string[] {
  const services = stack.services.map((service) => service.name);
  const volumes = stack.volumes.map((volume) => volume.name);
  const ports = stack.services.flatMap((service) => service.publishedPorts.map((published) => published.hostPort));
  return [
    ...repeated(services).map((name) => `The service ${name} is there twice.`),
    ...repeated(volumes).map((name) => `The volume ${name} is there twice.`),
    ...repeated(ports).map((number) => `The host port ${number} is published twice.`),
    ...stack.services.flatMap((service) => service.mounts.filter((mount) => !volumes.includes(mount.volume)).map((mount) => `${service.name} mounts the unknown volume ${mount.volume}.`)),
    ...stack.services.flatMap((service) => service.dependsOn.filter((needed) => !services.includes(needed.service)).map((needed) => `${service.name} waits for ${needed.service}, which is not part of the stack.`)),
    ...(hasCycle(stack) ? ["Services wait for each other in a circle."] : []),
  ];
}

function repeated<T>(items: readonly T[]): T[] {
  return items.filter((item, index) => items.indexOf(item) !== index);
}

function hasCycle({ services }: DesiredStack): boolean {
  const started = new Set<string>();
  for (let round = 0; round < services.length; round++) {
    for (const service of services) if (service.dependsOn.every((needed) => started.has(needed.service) || !services.some(({ name }) => name === needed.service))) started.add(service.name);
  }
  return services.some((service) => !started.has(service.name));
}

/**
 * The stack when every value is inside its grammar. Unknown fields are refused, so nothing that the type has no field for
 * (privileges, host namespaces, bind mounts, capabilities) can ride along.
 * @throws ZodError naming each field that is wrong.
 */
export function parseDesiredStack(value: unknown): DesiredStack {
  return desiredStack.parse(value);
}
