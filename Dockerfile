# A served cluster in a container: docs/server.md, "In a container". The root file system may be read-only.
FROM node:20.20.2-trixie@sha256:547c4f682652a7cc580e75f200e4b93d4461689d16eb2b0c648db1911b63d71e AS build
WORKDIR /source
COPY . .
RUN npm ci --ignore-scripts --no-audit --no-fund \
 && npm run build \
 && npm pack --ignore-scripts --pack-destination /tmp \
 && npm install --prefix /app --omit=dev --omit=optional --omit=peer --ignore-scripts --no-audit --no-fund /tmp/simcluster-*.tgz

FROM gcr.io/distroless/nodejs22-debian12:nonroot@sha256:13593b7570658e8477de39e2f4a1dd25db2f836d68a0ba771251572d23bb4f8e
COPY --from=build /app /app
USER 65532:65532
EXPOSE 6443
ENTRYPOINT ["/nodejs/bin/node", "/app/node_modules/simcluster/dist/node/cli/main.cjs"]
CMD ["serve", "--host", "0.0.0.0", "--port", "6443", "--kubeconfig", "/tmp/kubeconfig"]
