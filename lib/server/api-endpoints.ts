import { domainEndpoints } from "./api/domain-endpoints";
import { edgeEndpoints } from "./api/edge-endpoints";
import { gatewayEndpoints } from "./api/gateway-endpoints";
import { installationEndpoints } from "./api/installation-endpoints";
import { keysEndpoints } from "./api/keys-endpoints";
import { operationEndpoints } from "./api/operation-endpoints";
import { peopleEndpoints } from "./api/people-endpoints";
import { projectEndpoints } from "./api/project-endpoints";
import { routesEndpoints } from "./api/routes-endpoints";
import { studioEndpoints } from "./api/studio-endpoints";
import { switchEndpoints } from "./api/switch-endpoints";

/** Every endpoint of the REST API: what it takes, what it gives. Handlers and the OpenAPI text are made from these. */
export const endpoints = { ...projectEndpoints, ...gatewayEndpoints, ...routesEndpoints, ...switchEndpoints, ...keysEndpoints, ...studioEndpoints, ...domainEndpoints, ...operationEndpoints, ...peopleEndpoints, ...installationEndpoints, ...edgeEndpoints };
