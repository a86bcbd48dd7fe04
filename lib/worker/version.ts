/** Version of this program, put in by the bundler; `dev` when it runs from the source. */
export const version: string = process.env["BASEHOLD_VERSION"] ?? "dev";
