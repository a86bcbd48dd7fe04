import type { GatewaySettings, OwnRoute } from "@/lib/gateway/route-model";
import type { HeaderMatch, HeaderValue, HttpMethod, UpstreamService } from "@/lib/gateway/routes";
import { fromPolicyForm, linesOf, toPolicyForm, type PolicyForm } from "./policy-form";
import { freeName } from "./route-names";
import { placeRoute, predecessorOf } from "./route-order";
import { orderedOwn } from "./route-rows";

export type ConditionForm = { name: string; kind: HeaderMatch["kind"]; value: string };

/** An own route as it is typed. */
export type RouteForm = PolicyForm & {
  name: string;
  isEnabled: boolean;
  side: OwnRoute["position"]["side"];
  /** Id of the route that it follows; empty: the first of its side. */
  afterId: string;
  pathKind: OwnRoute["match"]["path"]["kind"];
  path: string;
  methods: readonly HttpMethod[];
  conditions: readonly ConditionForm[];
  upstream: UpstreamService | "external" | "none";
  origin: string;
  forwardsCredentials: boolean;
  rewrite: string;
  access: OwnRoute["access"];
  requestSet: readonly HeaderValue[];
  requestRemove: string;
  responseSet: readonly HeaderValue[];
  responseRemove: string;
};

/** A route that nothing was chosen on: for holders of a key, at the end of those above the built-in ones. */
export function newRouteForm(settings: GatewaySettings, service: UpstreamService): RouteForm {
  return {
    ...toPolicyForm({ timeoutMs: 30_000, retryAttempts: 2 }),
    name: "", isEnabled: true, side: "above", afterId: orderedOwn(settings.ownRoutes, "above").at(-1)?.id ?? "",
    pathKind: "prefix", path: "", methods: [], conditions: [], upstream: service, origin: "", forwardsCredentials: false, rewrite: "", access: "any-key",
    requestSet: [], requestRemove: "", responseSet: [], responseRemove: "",
  };
}

export function toRouteForm(route: OwnRoute, settings: GatewaySettings): RouteForm {
  const { upstream, match } = route;
  return {
    ...toPolicyForm(route),
    name: route.name, isEnabled: route.isEnabled, side: route.position.side, afterId: predecessorOf(settings.ownRoutes, route) ?? "",
    pathKind: match.path.kind, path: match.path.value, methods: match.methods, conditions: match.headers.map((condition) => ({ name: condition.name, kind: condition.kind, value: "value" in condition ? condition.value : "" })),
    upstream: upstream.kind === "service" ? upstream.service : upstream.kind, origin: upstream.kind === "external" ? upstream.origin : "", forwardsCredentials: upstream.kind === "external" && upstream.forwardsCredentials,
    rewrite: route.rewrite ?? "", access: route.access,
    requestSet: route.requestHeaders.set, requestRemove: route.requestHeaders.remove.join("\n"), responseSet: route.responseHeaders.set, responseRemove: route.responseHeaders.remove.join("\n"),
  };
}

/** The same under a name of its own, right after the one that was copied. */
export function copyForm(route: OwnRoute, settings: GatewaySettings): RouteForm {
  return { ...toRouteForm(route, settings), name: freeName(route.name, new Set(settings.ownRoutes.map(({ name }) => name))), afterId: route.id };
}

/** The settings with the route as it is typed: whether they are valid is for the route model to say. */
export function withForm(settings: GatewaySettings, form: RouteForm, id: string): GatewaySettings {
  const known = settings.ownRoutes.find((route) => route.id === id);
  const route = { ...fromRouteForm(form, id), position: { side: form.side, order: known?.position.order ?? 0 } };
  const afterId = form.afterId === "" ? null : form.afterId;
  const isInPlace = known !== undefined && known.position.side === form.side && predecessorOf(settings.ownRoutes, known) === afterId;
  if (isInPlace) return { ...settings, ownRoutes: settings.ownRoutes.map((one) => (one.id === id ? route : one)) };
  return placeRoute(settings, route, form.side, afterId);
}

function fromRouteForm(form: RouteForm, id: string): OwnRoute {
  const { ipAllow, rateLimit, cors, ...policies } = fromPolicyForm(form);
  return {
    id, name: form.name.trim(), isEnabled: form.isEnabled, position: { side: form.side, order: 0 },
    match: { path: { kind: form.pathKind, value: form.path.trim() }, methods: [...form.methods], headers: form.conditions.map(toCondition) },
    upstream: toUpstream(form), rewrite: form.rewrite.trim() === "" ? null : form.rewrite.trim(), access: form.access,
    ipAllow: [...ipAllow], rateLimit, cors: cors === null ? null : { ...cors, origins: [...cors.origins], methods: [...cors.methods], headers: [...cors.headers] },
    requestHeaders: { set: form.requestSet.map((header) => ({ ...header })), remove: linesOf(form.requestRemove) },
    responseHeaders: { set: form.responseSet.map((header) => ({ ...header })), remove: linesOf(form.responseRemove) },
    ...policies,
  };
}

function toCondition({ name, kind, value }: ConditionForm): HeaderMatch {
  return kind === "present" || kind === "absent" ? { name, kind } : { name, kind, value };
}

function toUpstream({ upstream, origin, forwardsCredentials }: RouteForm): OwnRoute["upstream"] {
  if (upstream === "none") return { kind: "none" };
  return upstream === "external" ? { kind: "external", origin: origin.trim(), forwardsCredentials } : { kind: "service", service: upstream };
}
