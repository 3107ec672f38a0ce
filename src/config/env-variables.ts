import * as z from 'zod'
import { isStrongKey, strongKeyExpected } from '../util/strong-key.ts'
import { artifactVariables } from './artifact-variables.ts'
import { integer, list, metaSchema, oneOf, optionalInteger, text, type VariableMeta } from './variable-kinds.ts'
import {
  isAbsolute,
  isCidr,
  isDatabaseUrl,
  isDetail,
  isForDbt,
  isOrigin,
  isRunUser,
  isTlsName,
  isToken,
} from './variable-values.ts'

export const logLevels = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const
export type LogLevel = (typeof logLevels)[number]

const originExpected = 'an address like https://stratus.example.com, without a path'

/** Every environment variable that Stratus reads. The table in the README is made from this. */
export const variables = z.object({
  STRATUS_HOST: text({
    description: 'Address to listen on.',
    expected: 'an IP address or host name',
    fallback: '`127.0.0.1` for `dev`, `0.0.0.0` for `serve`',
    flag: '--host',
  }),
  STRATUS_PUBLISHED_HOST: text({
    description: 'Address of the machine at which the port of a container is published.',
    expected: 'an IP address or host name',
    fallback: 'what it listens on. A server that others can reach refuses the secrets of `.env.example`',
  }),
  STRATUS_PORT: integer(0, 65_535, 8443, { description: 'Port to listen on; 0 takes any free one.', flag: '--port' }),
  STRATUS_PUBLIC_URL: text(
    {
      expected: originExpected,
      description: 'The address that clients use, when it is not that of this machine. Links in answers begin with it.',
      fallback: '`https://localhost:<port>`',
      flag: '--public-url',
    },
    isOrigin,
  ),
  STRATUS_DATA_DIR: text({
    description: 'Folder for the embedded database, artifacts, logs and certificates.',
    expected: 'a folder',
    fallback: '`/var/lib/stratus`; for `dev`, `~/.local/share/stratus/<name>-<hash>`',
    flag: '--data-dir',
  }),
  STRATUS_READY_FILE: text({
    description: 'File to write once requests are answered, besides `ready.json` in the data folder.',
    expected: 'a file name',
    fallback: 'none',
    flag: '--ready-file',
  }),
  DATABASE_URL: text(
    {
      description: 'PostgreSQL 14 or newer. Without it, `dev` (and `serve --embedded`) use the embedded database.',
      expected: 'an address like postgres://user:password@host:5432/database',
      fallback: 'the embedded database',
      secret: true,
    },
    isDatabaseUrl,
  ),
  STRATUS_DATABASE_POOL: integer(2, 200, 10, { description: 'Most connections to PostgreSQL, per process.' }),
  STRATUS_TLS_CERT: text({
    description: 'Certificate chain (PEM) to serve instead of one of the own CA. Needs `STRATUS_TLS_KEY`.',
    expected: 'a PEM file',
    fallback: 'a certificate of the own CA',
  }),
  STRATUS_TLS_KEY: text({
    description: 'Private key (PEM) of `STRATUS_TLS_CERT`.',
    expected: 'a PEM file',
    fallback: 'none',
  }),
  STRATUS_TLS_NAMES: list(
    {
      description: 'More host names or IP addresses for the certificate of the own CA, separated by commas.',
      expected: 'host names or IP addresses, separated by commas',
      flag: '--tls-name',
    },
    isTlsName,
  ),
  STRATUS_TRUST_PROXY: list(
    {
      description:
        'Speak plain HTTP, to these reverse proxies only (networks separated by commas); only they may set `X-Forwarded-…`.',
      expected: 'IP addresses or networks like 10.0.0.0/8, separated by commas',
    },
    isCidr,
  ),
  STRATUS_HOLD_POLLS_SECONDS: optionalInteger(0, 60, {
    description:
      'Seconds for which a poll of Airflow for a live run may wait for its end, so that short runs end their task at once.',
    expected: 'a whole number of seconds up to 60',
    fallback: '0; for `dev`, 10',
    flag: '--hold-polls-seconds',
  }),
  STRATUS_RATE_LIMIT: optionalInteger(0, 9_999_999, {
    description: 'Requests that an account may make in a minute, per server process; 0 for no limit.',
    expected: 'a whole number up to 9999999',
    fallback: '5000; for `dev`, 0',
  }),
  STRATUS_MAX_QUEUED_PER_JOB: integer(0, 1_000_000, 2_000, {
    description: 'Runs of one job that may wait in the queue; a trigger beyond is answered with 429. 0 for no limit.',
  }),
  STRATUS_MAX_QUEUED_PER_TOKEN: integer(0, 1_000_000, 10_000, {
    description:
      'Runs that one token may have waiting in the queue; a trigger beyond is answered with 429. 0 for no limit.',
  }),
  STRATUS_WORKERS: integer(1, 1000, 4, { description: 'Most runs that one process executes at the same time.' }),
  STRATUS_WORKER_NAME: text({
    description: 'Name of this worker in logs; a random part is added.',
    expected: 'a name',
    fallback: 'host name and process id',
  }),
  STRATUS_LEASE_SECONDS: optionalInteger(5, 3600, {
    description:
      'Seconds for which a worker goes on with its runs while PostgreSQL does not answer; so long after its last sign of life its runs are taken from it.',
    expected: 'a whole number of seconds from 5 to 3600',
    fallback: '60',
  }),
  STRATUS_LOG_SPOOL_MB: integer(1, 1_000_000, 1024, {
    description:
      'Most megabytes of disk for the logs of steps that run, and of those that wait for the database, per process. What is beyond is left out, and the log says so.',
  }),
  STRATUS_DRAIN_TIMEOUT: optionalInteger(0, 999_999, {
    description:
      'Seconds that running jobs get to finish after SIGTERM; a second signal ends them at once. Less than the supervisor waits.',
    expected: 'a whole number of seconds',
    fallback: 'as long as they need; for `dev`, 0',
    flag: '--drain-timeout',
  }),
  STRATUS_CANCEL_GRACE_SECONDS: integer(0, 3600, 5, {
    description: 'Seconds between asking a cancelled dbt to stop (SIGINT) and killing it.',
  }),
  ...artifactVariables,
  STRATUS_PASS_ENV: list(
    {
      description: 'Names of environment variables of the server that dbt sees too, separated by commas.',
      expected: 'variable names separated by commas, none of them STRATUS_…, DATABASE_URL or PG…',
    },
    isForDbt,
  ),
  STRATUS_PROJECT_ROOTS: list(
    {
      description: 'Folders below which a project’s `path` may lie, separated by commas. Workers need the same.',
      expected: 'absolute folders, separated by commas',
    },
    isAbsolute,
  ),
  STRATUS_DBT_COMMANDS: list({
    description: 'Programs that an environment’s dbt `command` may name, separated by commas.',
    expected: 'program names or paths, separated by commas',
  }),
  STRATUS_ALLOWED_DETAILS: list(
    {
      description:
        'Details of connections that are allowed besides those of the adapters that Stratus knows: an adapter, or `adapter.key`, separated by commas.',
      expected: 'adapters such as exasol, or keys such as duckdb.settings, separated by commas',
    },
    isDetail,
  ),
  STRATUS_DBT_USER: text(
    {
      description:
        'User of the operating system that git and dbt run as, so that they reach nothing of the server’s. It needs root; see docs/security.md.',
      expected: 'the name of a user, its number, or uid:gid, and not root',
      fallback: 'the server’s own user',
    },
    isRunUser,
  ),
  STRATUS_DBT_USERS: list(
    {
      description: 'Users that an environment’s `run_as` may name, separated by commas.',
      expected: 'names or numbers (uid or uid:gid) of users, separated by commas, none of them root',
    },
    isRunUser,
  ),
  STRATUS_SECRET_KEY: list(
    {
      description: 'Keys that encrypt stored secrets, separated by commas; the first encrypts, all decrypt.',
      expected: `keys separated by commas, each of ${strongKeyExpected}`,
      fallback:
        'made and kept in the data folder. Servers and workers need the same: another is refused at their start',
      secret: true,
    },
    isStrongKey,
  ),
  STRATUS_ADMIN_TOKEN: text(
    {
      description: 'A token that `serve` accepts as administrator of the account. `work` refuses to start with it.',
      expected: '20 to 200 printable characters without spaces',
      fallback: 'none',
      secret: true,
    },
    isToken,
  ),
  STRATUS_ACCOUNT_ID: integer(1, 999_999_999, 1, {
    description: 'Id of the account that a new server has: keep that of dbt Cloud, and no client changes.',
  }),
  STRATUS_LOG_LEVEL: oneOf(logLevels, {
    description: 'How much to log.',
    fallback: '`info`; for `dev`, `warn`',
    flag: '--log-level',
  }),
  STRATUS_URL: text(
    {
      expected: originExpected,
      description: 'Server that commands such as `run`, `runs`, `apply`, `token` and `env` talk to.',
      fallback: 'the server of the current folder, else the only one running',
      flag: '--url',
    },
    isOrigin,
  ),
  STRATUS_TOKEN: text({
    description: 'Token for those commands.',
    expected: 'a token',
    fallback: 'that of a `stratus dev` found so',
    secret: true,
  }),
  STRATUS_CA_FILE: text({
    description: 'Certificate authority (PEM) that those commands trust besides the system’s.',
    expected: 'a PEM file',
    fallback: 'that of a server found so',
  }),
  SSL_CERT_FILE: text({
    description: 'Certificate authorities of the system, for `ca-bundle.pem`.',
    expected: 'a PEM file',
    fallback: 'the distribution’s',
  }),
  XDG_DATA_HOME: text({
    description: 'Where `dev` keeps its data folders, and all servers and commands what they know of each other.',
    expected: 'a folder',
    fallback: '`~/.local/share`',
  }),
  HOME: text({ description: 'The home folder.', expected: 'a folder', fallback: 'that of the user database' }),
})

export type Env = z.infer<typeof variables>
export type VariableName = keyof Env

export const variableNames = variables.keyof().options

export function metaOf(name: VariableName): VariableMeta {
  return metaSchema.parse(variables.shape[name].meta())
}
