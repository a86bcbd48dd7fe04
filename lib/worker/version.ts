import packageJson from "@/package.json";

/** Version of this program. */
export const version: string = packageJson.version;
