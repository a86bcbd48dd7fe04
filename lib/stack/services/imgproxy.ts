import { healthCheck, mebibyte, readyWhen, type ServiceDefinition } from "../service-definition";
import { storageFolder } from "./storage";

const isHealthy = ["imgproxy", "health"];

export const imgproxy: ServiceDefinition = {
  name: "imgproxy",
  label: "Image transformation",
  memoryBytes: 94 * mebibyte,
  isRequired: false,
  requires: ["storage"],
  withoutIt: "Storage serves images as they are; resizing and format changes are off.",
  composeDependsOn: [],
  build: () => ({
    environment: {
      IMGPROXY_BIND: ":5001",
      IMGPROXY_LOCAL_FILESYSTEM_ROOT: "/",
      IMGPROXY_USE_ETAG: "true",
      IMGPROXY_AUTO_WEBP: "true",
      IMGPROXY_MAX_SRC_RESOLUTION: "16.8",
    },
    // It only ever reads; upstream mounts the folder writable.
    mounts: [{ volume: "storage", path: storageFolder, readOnly: true }],
    healthcheck: healthCheck(["CMD", ...isHealthy]),
    readiness: readyWhen(isHealthy),
    pids: 256,
  }),
};
