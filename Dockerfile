# Stratus with dbt Core (DuckDB and PostgreSQL adapters), for any engine that builds Dockerfiles.
# The base needs Debian's apt, Node 24 and npm. What its certificate store trusts is trusted here too, so a base with
# a company's own CA builds behind that company's proxy.
ARG BASE_IMAGE=node:24.21.0-bookworm-slim

FROM ${BASE_IMAGE} AS build
ENV NODE_USE_SYSTEM_CA=1
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts/build scripts/build
COPY scripts/lib/import-typescript.mjs scripts/lib/paths.mjs scripts/lib/
COPY openapi openapi
COPY src src
RUN npm run --silent build

FROM ${BASE_IMAGE} AS dbt
ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates python3-venv \
 && apt-get clean && rm -rf /var/lib/apt/lists/*
COPY requirements/dbt.txt /build/requirements.txt
# pip is not needed any more once everything is there.
RUN python3 -m venv /opt/dbt \
 && /opt/dbt/bin/pip install --no-cache-dir --disable-pip-version-check --requirement /build/requirements.txt \
 && /opt/dbt/bin/pip uninstall --yes pip setuptools

FROM ${BASE_IMAGE} AS runtime
LABEL org.opencontainers.image.title="Stratus" \
      org.opencontainers.image.description="A self-hosted server that speaks the dbt Cloud Admin API and really runs dbt." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="0.1.0"
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates git openssh-client python3 tini \
 && apt-get clean && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10001 stratus \
 && useradd --uid 10001 --gid stratus --home-dir /var/lib/stratus --no-create-home --shell /usr/sbin/nologin stratus \
 && groupadd --gid 10002 dbt \
 && useradd --uid 10002 --gid dbt --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin dbt \
 && install --directory --owner stratus --group stratus --mode 0700 /var/lib/stratus \
 && install --directory --owner stratus --group stratus --mode 0755 /srv/stratus-ca /srv/airflow-connection /srv/warehouse \
 && ln --symbolic /opt/stratus/dist/stratus.js /usr/local/bin/stratus
COPY --from=dbt /opt/dbt /opt/dbt
# The program is one bundle; this is the only package that it leaves outside.
COPY --from=build /build/node_modules/@electric-sql/pglite /opt/stratus/node_modules/@electric-sql/pglite
COPY --from=build /build/dist /opt/stratus/dist
COPY package.json LICENSE /opt/stratus/
COPY docker/healthcheck.mjs docker/set-up.mjs /opt/stratus/docker/
ENV PATH=/opt/dbt/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    NODE_ENV=production \
    PYTHONDONTWRITEBYTECODE=1 \
    STRATUS_DATA_DIR=/var/lib/stratus
# As root, with STRATUS_DBT_USER=dbt, it runs dbt as another user: docs/security.md says which capabilities that takes.
USER stratus
WORKDIR /var/lib/stratus
VOLUME /var/lib/stratus
EXPOSE 8443
# Whether the process is up: an engine that restarts what is unhealthy must not end runs because the database is away.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "/opt/stratus/docker/healthcheck.mjs", "live"]
# dbt's processes can be left without a parent; an init reaps them.
ENTRYPOINT ["tini", "--", "stratus"]
CMD ["serve", "--migrate"]
