# The server as an image. Maven builds the jars first: ./run --containers does both, docs/containers.md says more.
#   mvn -B package -DskipChecks -Dmaven.test.skip=true
#   docker build -t tatame-billing .                             podman build --format docker -t tatame-billing .
#   docker build -t tatame-billing-sandbox --target sandbox .    simulated Stripe, test users, its own PostgreSQL

# --- A Java runtime with the modules that the jar needs, and no others ---------------------------
FROM eclipse-temurin:25-jdk AS runtime
COPY billing-server/target/billing-server.jar billing-server/target/billing /opt/billing/
COPY containers /containers
# jdk.zipfs serves files out of jars, jdk.localedata has the dates and amounts of languages other than English. What the loader itself finds, such as providers of TLS, is in java.base.
RUN javac -Xlint:all -Werror -d /containers /containers/*.java \
  && trusted="$(readlink -m "$JAVA_HOME/lib/security/cacerts")" \
  && { [ -s "$trusted" ] || java -cp /containers TrustedCertificates /etc/ssl/certs/ca-certificates.crt "$trusted"; } \
  && modules="$(jdeps --multi-release 21 --ignore-missing-deps --print-module-deps /opt/billing/billing-server.jar)" \
  && jlink --add-modules "$modules,jdk.zipfs,jdk.localedata" --strip-java-debug-attributes --no-header-files --no-man-pages \
    --output /opt/runtime

# --- The classes of a server that has served, loaded and linked ----------------------------------
FROM postgres:15 AS training
COPY --from=runtime /opt/runtime /opt/runtime
COPY --from=runtime /opt/billing /opt/billing
COPY --from=runtime /containers /training
COPY examples/tatame/catalog.yaml /training/
RUN bash /training/train.sh

# --- What both images stand on -------------------------------------------------------------------
FROM debian:bookworm-slim AS base
COPY --from=runtime /opt/runtime /opt/runtime
ENV PATH=/opt/billing:/opt/runtime/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8
WORKDIR /opt/billing
STOPSIGNAL SIGTERM
EXPOSE 8080

# --- The sandbox: docker build --target sandbox --------------------------------------------------
FROM base AS sandbox
# PostgreSQL asks for the name of the user that it runs as.
RUN echo 'billing:x:65532:65532::/data:/usr/sbin/nologin' >>/etc/passwd \
  && echo 'billing:x:65532:' >>/etc/group \
  && mkdir /data && chown 65532:65532 /data
COPY billing-sandbox/target/billing-sandbox-*.jar billing-sandbox/target/lib /opt/billing/lib/
COPY examples/tatame/catalog.yaml /opt/billing/examples/tatame/catalog.yaml
LABEL org.opencontainers.image.title="Tatame Billing sandbox" \
  org.opencontainers.image.description="Tatame Billing with a simulated Stripe, test users and its own PostgreSQL" \
  org.opencontainers.image.licenses="Apache-2.0"
ENV BILLING_DATA_DIR=/data SANDBOX_HOST=0.0.0.0
USER 65532:65532
VOLUME /data
EXPOSE 12111
HEALTHCHECK --interval=10s --timeout=10s --start-period=60s --retries=3 \
  CMD ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx32m", "-XX:-UsePerfData", \
    "-cp", "/opt/billing/lib/*", "com.tatame.billing.server.Main", "health"]
ENTRYPOINT ["java", "-XX:+ExitOnOutOfMemoryError", "-XX:MaxRAMPercentage=50", "-XX:+UseSerialGC", \
  "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", \
  "-cp", "/opt/billing/lib/*", "com.tatame.billing.sandbox.Sandbox"]

# --- The server, which is what a build makes by default ------------------------------------------
FROM base AS server
COPY --from=training /opt/billing /opt/billing
# Fails the build if the runtime would not use the classes of the training.
RUN ["java", "-XX:AOTMode=on", "-XX:AOTCache=/opt/billing/billing.aot", "-jar", "/opt/billing/billing-server.jar", \
  "--version"]
ARG VERSION=0.1.0-SNAPSHOT
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Tatame Billing" \
  org.opencontainers.image.description="Subscription billing on Stripe" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="$VERSION" \
  org.opencontainers.image.revision="$REVISION"
# A number, so that an orchestrator sees without a file of users that it isn't root.
USER 65532:65532
HEALTHCHECK --interval=10s --timeout=10s --start-period=30s --retries=3 \
  CMD ["java", "-XX:AOTCache=/opt/billing/billing.aot", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx32m", \
    "-XX:-UsePerfData", "-jar", "/opt/billing/billing-server.jar", "health"]
# Half of the container's memory is heap; the rest is for classes, threads and buffers. Nothing is written anywhere.
ENTRYPOINT ["java", "-XX:+ExitOnOutOfMemoryError", "-XX:MaxRAMPercentage=50", "-XX:-UsePerfData", \
  "-XX:AOTCache=/opt/billing/billing.aot", "-jar", "/opt/billing/billing-server.jar"]
CMD ["serve"]
