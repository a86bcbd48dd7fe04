import type { GatewayKind } from "@/lib/gateway/contract";
import type { ServiceName } from "../desired";
import type { ServiceDefinition } from "../service-definition";
import { auth } from "../services/auth";
import { db } from "../services/db";
import { functions } from "../services/functions";
import { gateway } from "../services/gateway";
import { imgproxy } from "../services/imgproxy";
import { meta } from "../services/meta";
import { realtime } from "../services/realtime";
import { rest } from "../services/rest";
import { storage } from "../services/storage";
import { studio } from "../services/studio";
import { supavisor } from "../services/supavisor";

/** What differs between upstream's releases, as data. */
export type ReleaseData = {
  /** Upstream's tag without its `self-hosted/` prefix. */
  name: string;
  /** Month of upstream's release, `YYYY-MM`. */
  publishedOn: string;
  images: Record<ServiceName, string>;
  /** Upstream's Kong, for projects that choose it over the Envoy in `images`. */
  kongImage: string;
  /** What upstream starts unless told otherwise: Envoy since 0.8.0 (supabase/supabase, discussion 48048). */
  defaultGateway: GatewayKind;
  /** Browsers of foreign origins may not read `/pg/` (upstream: since 0.8.1). */
  restrictsMetaCors: boolean;
};

export type ReleaseService = ServiceDefinition & { image: string };

export type Release = Omit<ReleaseData, "images"> & { services: ReleaseService[] };

/** In the order in which services are listed everywhere. */
const definitions: ServiceDefinition[] = [db, gateway, auth, rest, realtime, storage, imgproxy, meta, functions, studio, supavisor];

/** A release from its data. */
export function defineRelease({ images, ...data }: ReleaseData): Release {
  return { ...data, services: definitions.map((definition) => ({ ...definition, image: images[definition.name] })) };
}
