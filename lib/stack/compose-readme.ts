import type { DesiredStack } from "./desired";

type Parts = { imagePrefix: string; name: string; ports: readonly string[] };

/** Volumes that hold a project's data, as far as the stack has them. */
const dataVolumes = ["db-data", "db-config", "storage", "snippets"];

/** What a person needs to know who finds the folder without the panel, in about 20 lines. */
export function exportReadme(stack: DesiredStack, { imagePrefix, name, ports }: Parts): string {
  const image = imagePrefix + (stack.services.find((service) => service.name === "db")?.image ?? stack.services[0]?.image ?? "");
  const volumes = dataVolumes.filter((volume) => stack.volumes.some((candidate) => candidate.name === volume));
  return `# ${stack.projectRef}

Supabase ${stack.release} as a Docker Compose folder. It needs Docker Compose 2.24 or newer, and nothing of Basehold.

    docker compose up -d --wait
    docker compose down            # add -v to delete its data as well

It starts as the Compose project \`${name}\` with **fresh, empty volumes of its own**: it cannot touch the data of the project it was exported from.

- \`.env\` holds every key and password. Keep this folder to yourself (\`chmod 700 .\`): \`volumes/config\` holds the API keys too.
- While the original project runs, it holds the host ports: choose others in \`.env\` (${ports.join(", ")}), and put the new gateway port into SUPABASE_PUBLIC_URL.
- Edge functions lie in \`volumes/functions\`, one folder each. After a change: \`docker compose restart functions\`.
- Passwords and JWT_SECRET are written into the database when it first starts; changing \`.env\` later does not change them there.

## Moving the data over

Pause the project in Basehold. Here, run \`docker compose create\`, then for each of ${volumes.join(", ")} (VOLUME):

    from=$(docker volume ls -q --filter label=io.basehold.project=${stack.projectId} --filter label=io.basehold.volume=VOLUME)
    docker run --rm --entrypoint cp -v $from:/from:ro -v ${name}_VOLUME:/to ${image} -a /from/. /to/

Then \`docker compose up -d --wait\`. The copied database keeps its passwords: they are the ones in \`.env\`.
`;
}
