import { readEnvironment } from "./environment";
import { runCli } from "./run-cli";

process.exitCode = await runCli(process.argv.slice(2), readEnvironment(), {
  print: (line) => void process.stdout.write(`${line}\n`),
  tell: (line) => void process.stderr.write(`${line}\n`),
});
