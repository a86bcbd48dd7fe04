# One image for web and worker, out of the folder that `npm run image` puts together from what is built: no network is needed here.
# The base image is an argument (any with Node 24 and glibc), so that a machine without a registry can bring its own.
ARG BASE_IMAGE=node:24-bookworm-slim
FROM ${BASE_IMAGE}
USER root
WORKDIR /app
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1
COPY . ./
# `start` sets what Node is started with, then runs bin/container.mjs.
ENTRYPOINT ["/app/start"]
CMD ["worker"]
