import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { createInterface } from "node:readline";

export interface SentMail {
  to: string[];
  /** Headers and body with soft line breaks undone. */
  text: string;
}

/** A mail server that keeps what it is given. */
export async function startMailSink(): Promise<{ port: number; mails: SentMail[]; close(): void }> {
  const mails: SentMail[] = [];
  const server = createServer((socket) => {
    receive(socket, mails);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, mails, close: () => server.close() };
}

function receive(socket: Socket, mails: SentMail[]): void {
  let to: string[] = [];
  let body: string[] | undefined;
  const say = (line: string) => socket.write(`${line}\r\n`);
  say("220 sink ESMTP");
  socket.on("error", () => socket.destroy());
  createInterface({ input: socket }).on("line", (line) => {
    if (body !== undefined) {
      if (line !== ".") return void body.push(line);
      mails.push({ to, text: decode(body.join("\n")) });
      [to, body] = [[], undefined];
      return void say("250 kept");
    }
    const [verb = ""] = line.toUpperCase().split(" ");
    if (line.toUpperCase().startsWith("RCPT TO:")) to.push(/<([^>]*)>/.exec(line)?.[1] ?? "");
    if (verb === "DATA") body = [];
    say(verb === "DATA" ? "354 go on" : verb === "QUIT" ? "221 bye" : "250 fine");
  });
}

function decode(text: string): string {
  return text.replace(/=\n/g, "").replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}
