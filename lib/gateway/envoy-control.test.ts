import { expect, it } from "vitest";
import { parseVersions, validationProblem } from "./envoy-control";

/** As Envoy 1.39.1 printed it. */
const printed = `HTTP/1.1 200 OK\r
transfer-encoding: chunked\r
\r
30c\r
cluster_manager.cds.version_text: "365dc053d46f4ee1"
extension_config_discovery.http_filter.envoy.filters.http.jwt_authn.version_text: "426e84ba440d6d45"
http.project.rds.project.version_text: "a5a267f491825444"
cluster.auth.update_failure: 4
cluster_manager.cds.update_rejected: 1
http.project.rds.project.update_failure: 0
http.project.rds.project.update_rejected: 2
`;

it("the versions in force and the refused updates are read out of Envoy's own words, a service that is down not among them", () => {
  expect(parseVersions(printed)).toEqual({ clusters: "365dc053d46f4ee1", filters: "426e84ba440d6d45", routes: "a5a267f491825444", refused: 3 });
});

it("an answer that holds no version proves none", () => {
  expect(parseVersions("HTTP/1.1 426 Upgrade Required\r\n\r\nUpgrade Required")).toEqual({ clusters: null, filters: null, routes: null, refused: 0 });
});

it("what Envoy refuses is said in its own words, without its log's head", () => {
  const output = "[2026-11-26 04:14:44.056][7][critical][main] [source/server/server.cc:430] error initializing configuration '/tmp/x.yaml': Invalid regex\n[2026-11-26 04:14:44.057][7][info][main] exiting";
  expect(validationProblem(output)).toBe("error initializing configuration '/tmp/x.yaml': Invalid regex");
});
