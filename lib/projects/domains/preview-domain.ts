import type { z } from "zod";
import { authorize } from "@/lib/access/authorize";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import { runningGateways } from "@/lib/stack/gateways";
import type { StackServiceName } from "@/lib/stack/desired";
import { edgeLoadNote } from "@/lib/gateway/edge-load";
import { authorityOf, readEdgeSetting, type EdgeSetting } from "../edge/edge-setting";
import { gatewayChoiceOf } from "../gateway/gateway-choice";
import { parseSettings } from "../settings-schema";
import { decideMain } from "./attach-domain";
import { domainUrl, findDomain, kindOf, tlsOf, type DomainRow } from "./domain-row";
import type { DomainPreview } from "./domain-views";
import { previewDomainInput } from "./inputs";
import { becomeMain, leaveMain, parseReplaced, restartedBy, settingChanges, variableChanges, type AddressSettings } from "./main-address";
import { readAddressSettings } from "./main-snapshot";

/** What attaching or removing a domain would change, without changing it. */
export async function previewDomain(ctx: VerbContext, input: z.input<typeof previewDomainInput>): Promise<DomainPreview> {
  const { ref, hostname, act, isMain } = parseInput(previewDomainInput, input);
  const project = await authorize(ctx, "project.see", ref);
  const { db } = ctx.store;
  const row = await findDomain(db, project.id, hostname);
  const [setting, { settings: before, localUrl }, previous] = await Promise.all([
    readEdgeSetting(db),
    readAddressSettings(db, project.id),
    db.domain.findFirst({ where: { projectId: project.id, isMain: true, id: { not: row.id } }, select: { hostname: true } }),
  ]);
  const makesMain = act === "attach" && (await decideMain(db, row, isMain));
  const replaced = parseReplaced(row.replacedJson);
  const after = makesMain ? becomeMain(before, { url: domainUrl(row.hostname, setting), localUrl, previousMainId: null }).settings : act === "remove" && replaced !== null ? leaveMain(before, replaced, localUrl) : before;
  const around: Around = { row, setting, before, after, localUrl, previousMain: previous?.hostname ?? null };
  return {
    hostname: row.hostname, act, isMain: act === "attach" ? makesMain : row.isMain,
    settings: settingChanges(before, after),
    variables: variableChanges(before, after),
    restarts: restartsOf(project, before, after),
    ...(act === "attach" ? attachWords(around, makesMain) : removeWords(around)),
  };
}

type ProjectRow = Awaited<ReturnType<typeof authorize>>;

function restartsOf(project: ProjectRow, before: AddressSettings, after: AddressSettings): StackServiceName[] {
  return restartedBy(before, after, { services: parseSettings(project.settingsJson).services, gateways: runningGateways(gatewayChoiceOf(project)) });
}

type Around = { row: DomainRow; setting: EdgeSetting; before: AddressSettings; after: AddressSettings; localUrl: string; previousMain: string | null };
type Words = Pick<DomainPreview, "notes" | "irreversible">;

const hstsDays = (seconds: number) => Math.max(1, Math.round(seconds / 86_400));

function attachWords({ row, setting, before, after, localUrl, previousMain }: Around, makesMain: boolean): Words {
  const isServed = row.state === "open";
  const { name } = authorityOf(setting);
  const notes = [
    ...(makesMain
      ? [
          `The project stays reachable at ${localUrl} as well.`,
          ...(previousMain === null ? [] : [`${previousMain} stays open; services and mails name ${row.hostname} from then on.`]),
          `Sign-in with Google, GitHub and others: register ${after.publicUrl}/auth/v1/callback with each provider.`,
          "Everybody stays signed in. Tokens issued from then on name the new address as their issuer.",
          ...(after.siteUrl === before.siteUrl ? [`The site URL stays ${before.siteUrl}: it is your application's address, not this one.`] : []),
        ]
      : [kindOf(row) === "studio" ? "Everything under this name is Studio. Nothing is changed for the services." : `Services and mails go on naming ${before.publicUrl}. Sign-ins come back to addresses of the redirect list alone; this name is not added to it.`]),
    ...(row.redirectsHttp ? ["Plain HTTP is sent to HTTPS."] : []),
    ...(isServed ? [] : [edgeLoadNote]),
  ];
  const irreversible = [
    ...(tlsOf(row) === "acme" && !isServed ? [`A certificate of ${name} enters public logs: everybody can see from then on that ${row.hostname} exists.`] : []),
    ...(row.hstsSeconds !== null && row.hstsSeconds > 0 ? [`Browsers that were here keep to HTTPS under this name for ${hstsDays(row.hstsSeconds)} days, also after it is removed.`] : []),
  ];
  return { notes, irreversible };
}

function removeWords({ row, before, after }: Around): Words {
  const isServed = row.state !== "added" && row.state !== "failed";
  if (!isServed) return { notes: ["Nothing of this name is served, so nothing else changes."], irreversible: tlsOf(row) === "uploaded" ? ["The uploaded certificate and its key are deleted from the panel."] : [] };
  const isTakenBack = after.publicUrl !== before.publicUrl;
  const notes = [
    `${row.hostname} is not answered any more from then on. Take its DNS records away afterwards.`,
    ...(row.isMain && !isTakenBack ? ["The public URL was changed by hand since, so it stays as it is."] : []),
    edgeLoadNote,
    ...(isTakenBack ? [`Services and mails name ${after.publicUrl} again. Change callback addresses at sign-in providers as well.`] : []),
  ];
  const irreversible = [
    "Links in mails that were sent with this name lead nowhere.",
    ...(tlsOf(row) === "uploaded" ? ["The uploaded certificate and its key are deleted from the panel."] : []),
    ...(row.hstsSeconds !== null && row.hstsSeconds > 0 ? [`Browsers that were here keep to HTTPS under this name for up to ${hstsDays(row.hstsSeconds)} days.`] : []),
  ];
  return { notes, irreversible };
}
