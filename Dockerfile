# One image for web and worker. The base image is an argument, so that a machine without a registry can bring its own.
ARG BASE_IMAGE=node:24-bookworm-slim

FROM ${BASE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN node bin/build.mjs && npm prune --omit=dev --no-audit --no-fund

FROM ${BASE_IMAGE}
WORKDIR /app
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1
# The same number in both containers: web owns its part of the shared data folder by it.
RUN groupadd --system --gid 10001 basehold && useradd --system --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin basehold
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/prisma/migrations ./prisma/migrations
COPY --from=build /app/bin ./bin
COPY --from=build /app/.next/standalone ./web
ENTRYPOINT ["node"]
CMD ["bin/container.mjs", "worker"]
