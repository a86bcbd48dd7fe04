import { defineRelease } from "./release";

export const v0_8_0 = defineRelease({
  name: "v0.8.0",
  publishedOn: "2026-08",
  images: {
    db: "supabase/postgres:17.6.1.136",
    "api-gw": "envoyproxy/envoy:v1.39.0",
    auth: "supabase/gotrue:v2.189.0",
    rest: "postgrest/postgrest:v14.12",
    realtime: "supabase/realtime:v2.102.3",
    storage: "supabase/storage-api:v1.60.4",
    imgproxy: "darthsim/imgproxy:v3.30.1",
    meta: "supabase/postgres-meta:v0.96.6",
    functions: "supabase/edge-runtime:v1.74.0",
    studio: "supabase/studio:2026.08.03-sha-022b374",
    supavisor: "supabase/supavisor:2.9.5",
  },
  kongImage: "kong/kong:3.9.3",
  defaultGateway: "envoy",
  restrictsMetaCors: false,
});
