import { createServer } from "node:net";
import { StartFailure } from "./failure.mjs";

/** @throws StartFailure when another program listens where the panel is to listen */
export async function refuseTakenPort({ port, listen }) {
  const problem = await new Promise((resolve) => {
    const server = createServer();
    server.once("error", resolve);
    server.listen({ port, host: listen, exclusive: true }, () => server.close(() => resolve(null)));
  });
  if (problem === null) return;
  if (problem.code === "EADDRINUSE") throw new StartFailure(`Port ${port} on ${listen} is taken by another program. Choose another: \`PORT=${port === 65535 ? 3000 : port + 1} npm run up\`.`);
  if (problem.code === "EACCES") throw new StartFailure(`This user may not listen on port ${port}. Choose one above 1023 with PORT.`);
  throw new StartFailure(`The panel cannot listen on ${listen} port ${port}: ${problem.message}`);
}
