import { block, directive, header, writeDirectives, type Directive } from "./directives";
import { checkExternalProxyInput, joinHostPort, readTimeoutSeconds, type ExternalProxyConfig, type ExternalProxyInput } from "./input";

const forwarded: readonly Directive[] = [
  directive("proxy_set_header", "Host", "$http_host"),
  directive("proxy_set_header", "X-Real-IP", "$remote_addr"),
  { ...directive("proxy_set_header", "X-Forwarded-For", "$remote_addr"), comment: "Replaced, not added to: a client could write any address into it." },
  directive("proxy_set_header", "X-Forwarded-Proto", "$scheme"),
  directive("proxy_set_header", "X-Forwarded-Host", "$http_host"),
  ...["X-Forwarded-Prefix", "X-Forwarded-Port", "Forwarded"].map((name) => directive("proxy_set_header", name, "")),
];

function location(name: string): Directive {
  const timeout = `${String(readTimeoutSeconds)}s`;
  return block("location", ["/"], [
    directive("proxy_pass", `http://${name}`),
    directive("proxy_http_version", "1.1"),
    ...forwarded,
    directive("proxy_set_header", "Upgrade", "$http_upgrade"),
    directive("proxy_set_header", "Connection", `$${name}_connection`),
    { ...directive("proxy_read_timeout", timeout), comment: "Realtime's sockets are silent between heartbeats." },
    directive("proxy_send_timeout", timeout),
    { ...directive("proxy_request_buffering", "off"), comment: "Uploads and answers pass as they come instead of through a file on disk." },
    directive("proxy_buffering", "off"),
  ]);
}

function listens(port: number, ...options: string[]): Directive[] {
  return [directive("listen", String(port), ...options), directive("listen", `[::]:${String(port)}`, ...options)];
}

/** A site of Nginx (1.18 and later) for one project. Headers with underscores are left out by Nginx itself, which the gateway would refuse. */
export function renderExternalNginx(input: ExternalProxyInput): ExternalProxyConfig {
  checkExternalProxyInput(input);
  const { certificate, hostnames, maxBodyBytes, projectRef, redirectsHttp, upstream } = input;
  const name = `basehold_${projectRef.replaceAll("-", "_")}`;
  const serverName = directive("server_name", ...hostnames);
  const body = [directive("client_max_body_size", String(maxBodyBytes ?? 0)), location(name)];
  const encrypted = certificate === null ? [] : [block("server", [], [
    ...listens(443, "ssl", "http2"),
    serverName,
    directive("ssl_certificate", certificate.certificatePath),
    directive("ssl_certificate_key", certificate.keyPath),
    directive("ssl_protocols", "TLSv1.2", "TLSv1.3"),
    ...body,
  ])];
  const isRedirected = redirectsHttp && certificate !== null;
  const plain = block("server", [], [...listens(80), serverName, ...(isRedirected ? [directive("return", "308", "https://$host$request_uri")] : body)]);
  const lines = [
    block("map", ["$http_upgrade", `$${name}_connection`], [directive("default", "upgrade"), directive("\"\"", "")]),
    block("upstream", [name], [directive("server", joinHostPort(upstream)), directive("keepalive", "32")]),
    plain,
    ...encrypted,
  ];
  return {
    files: [{ path: `/etc/nginx/conf.d/${name}.conf`, content: header + writeDirectives(lines, ";") }],
    hints: certificate === null ? ["Without a certificate everything passes in plain text. Get one, for example with certbot, and draw the configuration anew with its paths."] : [],
  };
}
