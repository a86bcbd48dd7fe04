/** The function that every project has from the start, to show that calls arrive. */
export const helloFunction = `Deno.serve(async (request: Request) => {
  const { name } = request.method === "POST" ? await request.json().catch(() => ({})) : { name: undefined };
  return Response.json({ message: typeof name === "string" ? \`Hello \${name}!\` : "Hello from Edge Functions!" });
});
`;
