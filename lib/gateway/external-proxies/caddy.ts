import { block, directive, header, writeDirectives, type Directive } from "./directives";
import { checkExternalProxyInput, joinHostPort, type ExternalProxyConfig, type ExternalProxyInput } from "./input";

function site(hostnames: readonly string[], scheme: string, lines: readonly Directive[]): Directive {
  const [first = "", ...others] = hostnames.map((hostname, index) => `${scheme}${hostname}${index < hostnames.length - 1 ? "," : ""}`);
  return block(first, others, lines);
}

/**
 * A site of a Caddyfile (2.7 and later) for one project. Caddy replaces forwarded headers, upgrades WebSockets, streams both ways and
 * redirects to HTTPS by itself; it has no read timeout of its own.
 */
export function renderExternalCaddy(input: ExternalProxyInput): ExternalProxyConfig {
  checkExternalProxyInput(input);
  const { certificate, hostnames, maxBodyBytes, projectRef, redirectsHttp, upstream } = input;
  const body = [
    ...(maxBodyBytes === null ? [] : [block("request_body", [], [directive("max_size", String(maxBodyBytes))])]),
    block("reverse_proxy", [joinHostPort(upstream)], [
      directive("header_up", "X-Real-IP", "{remote_host}"),
      ...["-X-Forwarded-Prefix", "-X-Forwarded-Port", "-Forwarded"].map((name) => directive("header_up", name)),
      { ...directive("stream_close_delay", "24h"), comment: "Without it every reload of Caddy closes every Realtime socket." },
      block("transport", ["http"], [directive("compression", "off"), directive("dial_timeout", "3s")]),
    ]),
  ];
  const tls = certificate === null ? [] : [directive("tls", certificate.certificatePath, certificate.keyPath)];
  // Caddy redirects what is named without a scheme; what is named with both is served by both.
  const sites = redirectsHttp ? [site(hostnames, "", [...tls, ...body])] : [site(hostnames, "https://", [...tls, ...body]), site(hostnames, "http://", body)];
  const wildcards = hostnames.filter((hostname) => hostname.startsWith("*."));
  return {
    files: [{ path: `/etc/caddy/sites/basehold-${projectRef}.caddy`, content: header + writeDirectives(sites, "") }],
    hints: [
      "Import the folder once in your Caddyfile: `import sites/*.caddy`.",
      ...(certificate === null && wildcards.length > 0 ? [`${wildcards.join(", ")} needs a certificate of your own or a DNS module in Caddy.`] : []),
    ],
  };
}
