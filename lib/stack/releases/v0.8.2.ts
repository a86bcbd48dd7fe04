import { defineRelease } from "./release";

export const v0_8_2 = defineRelease({
  name: "v0.8.2",
  publishedOn: "2026-09",
  images: {
    db: "supabase/postgres:17.6.1.136",
    "api-gw": "envoyproxy/envoy:v1.39.1",
    auth: "supabase/gotrue:v2.196.0",
    rest: "postgrest/postgrest:v14.17",
    realtime: "supabase/realtime:v2.134.10",
    storage: "supabase/storage-api:v1.74.0",
    imgproxy: "darthsim/imgproxy:v3.31.4",
    meta: "supabase/postgres-meta:v0.99.0",
    functions: "supabase/edge-runtime:v1.76.2",
    studio: "supabase/studio:2026.09.07-sha-7996410",
    supavisor: "supabase/supavisor:2.9.12",
  },
  kongImage: "kong/kong:3.9.3",
  defaultGateway: "envoy",
  restrictsMetaCors: true,
});
