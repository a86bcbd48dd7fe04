import { parseGatewaySettings, type OwnRoute, type SettingsProblem } from "./route-model";

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** Where a name is not the first of its like. */
const isRepeated = (name: string, index: number, names: readonly string[]) => names.indexOf(name) < index;

/** Which of two lines counts, each gateway and each comparison would say for itself. */
function findRepetitions(place: string, { set, remove }: OwnRoute["requestHeaders"]): SettingsProblem[] {
  const names = set.map(({ name }) => name);
  return [
    ...names.flatMap((name, index) => (isRepeated(name, index, names) ? [{ field: `${place}.set.${String(index)}.name`, message: `Header name: ${name} is set twice. Keep one of the two.` }] : [])),
    ...remove.flatMap((name, index): SettingsProblem[] => {
      const field = `${place}.remove.${String(index)}`;
      if (isRepeated(name, index, remove)) return [{ field, message: `Header name: ${name} is taken off twice. Name it once.` }];
      return names.includes(name) ? [{ field, message: `Header name: ${name} is both set and taken off. Keep one of the two: what is set replaces what was there.` }] : [];
    }),
  ];
}

/** The gateway writes these after all other headers of an answer. */
export const isCorsHeader = (name: string) => name.startsWith("access-control-");

function findCorsHeaders(place: string, { set, remove }: OwnRoute["responseHeaders"]): SettingsProblem[] {
  const written = [...set.map(({ name }, index) => ({ name, field: `${place}.set.${String(index)}.name` })), ...remove.map((name, index) => ({ name, field: `${place}.remove.${String(index)}` }))];
  return written.filter(({ name }) => isCorsHeader(name)).map(({ name, field }) => ({ field, message: `Header name: ${name} is written by CORS, whatever is said here. Say under CORS of this route which pages may read answers.` }));
}

/**
 * What is wrong with the headers that own routes write and take off, seen together. Routes whose headers are as in `kept` are left alone: a table
 * that is in force from before these rules stays one that can be read and changed elsewhere.
 */
export function findHeaderProblems(routes: readonly OwnRoute[], kept: readonly OwnRoute[]): SettingsProblem[] {
  const known = new Map(kept.map((route) => [route.id, route]));
  return routes.flatMap(({ id, requestHeaders, responseHeaders }, index) => {
    const before = known.get(id);
    const place = `ownRoutes.${String(index)}`;
    return [
      ...(same(before?.requestHeaders, requestHeaders) ? [] : findRepetitions(`${place}.requestHeaders`, requestHeaders)),
      ...(same(before?.responseHeaders, responseHeaders) ? [] : [...findCorsHeaders(`${place}.responseHeaders`, responseHeaders), ...findRepetitions(`${place}.responseHeaders`, responseHeaders)]),
    ];
  });
}

/**
 * As `parseGatewaySettings`, for settings that somebody typed: headers that contradict each other are refused too, except where `kept` routes
 * have them already.
 */
export function parseTypedSettings(value: unknown, kept: readonly OwnRoute[]): ReturnType<typeof parseGatewaySettings> {
  const parsed = parseGatewaySettings(value);
  if (!parsed.isValid) return parsed;
  const problems = findHeaderProblems(parsed.settings.ownRoutes, kept);
  return problems.length === 0 ? parsed : { isValid: false, problems };
}
