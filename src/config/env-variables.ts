import net from 'node:net'
import * as z from 'zod'
import { isStrongKey, strongKeyExpected } from '../util/strong-key.ts'

const metaSchema = z.object({
  description: z.string(),
  expected: z.string(),
  /** Says in words what holds without the variable. */
  fallback: z.string().optional(),
  /** Never show the value, not even in an error. */
  secret: z.literal(true).optional(),
  /** The command-line flag that sets the same thing. */
  flag: z.string().optional(),
})
type VariableMeta = z.infer<typeof metaSchema>

function text(meta: VariableMeta) {
  return z
    .string()
    .optional()
    .meta({ ...meta })
}

function list(meta: VariableMeta, isValid: (item: string) => boolean = () => true) {
  return z
    .string()
    .default('')
    .transform((value) =>
      value
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    )
    .refine((items) => items.every(isValid))
    .meta({ fallback: 'none', ...meta })
}

function integer(min: number, max: number, fallback: number, meta: Omit<VariableMeta, 'expected'>) {
  return z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max)
    .default(fallback)
    .meta({ expected: `a whole number from ${min} to ${max}`, fallback: String(fallback), ...meta })
}

function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false
  const url = new URL(value)
  return (
    ['http:', 'https:'].includes(url.protocol) &&
    url.pathname === '/' &&
    url.search === '' &&
    url.hash === '' &&
    url.username === ''
  )
}

function isCidr(value: string): boolean {
  const [address = '', prefix, ...rest] = value.split('/')
  const bits = { 0: -1, 4: 32, 6: 128 }[net.isIP(address)] ?? -1
  return bits > 0 && rest.length === 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits))
}

function isDatabaseUrl(value: string): boolean {
  return URL.canParse(value) && /^postgres(ql)?:$/.test(new URL(value).protocol)
}

const isRunUser = (value: string) =>
  /^([A-Za-z_][A-Za-z0-9_.-]{0,63}|\d{1,9}(:\d{1,9})?)$/.test(value) && !/^(root|0+(:.*)?)$/.test(value)
const isVariableName = (value: string) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(value)
const isToken = (value: string) => /^[\x21-\x7e]{20,200}$/.test(value)

export const logLevels = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const
export type LogLevel = (typeof logLevels)[number]

const origin = { expected: 'an address like https://stratus.example.com, without a path' }

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
  STRATUS_PUBLIC_URL: z
    .string()
    .refine(isOrigin)
    .optional()
    .meta({
      ...origin,
      description: 'The address that clients use, when it is not that of this machine. Links in answers begin with it.',
      fallback: '`https://localhost:<port>`',
      flag: '--public-url',
    }),
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
  DATABASE_URL: z.string().refine(isDatabaseUrl).optional().meta({
    description: 'PostgreSQL 14 or newer. Without it, `dev` (and `serve --embedded`) use the embedded database.',
    expected: 'an address like postgres://user:password@host:5432/database',
    fallback: 'the embedded database',
    secret: true,
  }),
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
    (name) => net.isIP(name) !== 0 || /^(\*\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?$/.test(name),
  ),
  STRATUS_TRUST_PROXY: list(
    {
      description:
        'Speak plain HTTP, to these reverse proxies only (networks separated by commas); only they may set `X-Forwarded-…`.',
      expected: 'IP addresses or networks like 10.0.0.0/8, separated by commas',
    },
    isCidr,
  ),
  STRATUS_HOLD_POLLS_SECONDS: z
    .string()
    .regex(/^\d{1,3}$/)
    .transform(Number)
    .refine((seconds) => seconds <= 60)
    .optional()
    .meta({
      description:
        'Seconds for which a poll of Airflow for a live run may wait for its end, so that short runs end their task at once.',
      expected: 'a whole number of seconds up to 60',
      fallback: '0; for `dev`, 10',
      flag: '--hold-polls-seconds',
    }),
  STRATUS_RATE_LIMIT: z
    .string()
    .regex(/^\d{1,7}$/)
    .transform(Number)
    .optional()
    .meta({
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
  STRATUS_LEASE_SECONDS: z
    .string()
    .regex(/^\d{1,4}$/)
    .transform(Number)
    .refine((seconds) => seconds >= 5 && seconds <= 3600)
    .optional()
    .meta({
      description:
        'Seconds for which a worker goes on with its runs while PostgreSQL does not answer; so long after its last sign of life its runs are taken from it.',
      expected: 'a whole number of seconds from 5 to 3600',
      fallback: '60',
    }),
  STRATUS_LOG_SPOOL_MB: integer(1, 1_000_000, 1024, {
    description:
      'Most megabytes of disk for the logs of steps that run, and of those that wait for the database, per process. What is beyond is left out, and the log says so.',
  }),
  STRATUS_DRAIN_TIMEOUT: z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number)
    .optional()
    .meta({
      description:
        'Seconds that running jobs get to finish after SIGTERM; a second signal ends them at once. Less than the supervisor waits.',
      expected: 'a whole number of seconds',
      fallback: 'as long as they need; for `dev`, 0',
      flag: '--drain-timeout',
    }),
  STRATUS_CANCEL_GRACE_SECONDS: integer(0, 3600, 5, {
    description: 'Seconds between asking a cancelled dbt to stop (SIGINT) and killing it.',
  }),
  STRATUS_MAX_ARTIFACT_MB: integer(1, 1_000_000, 512, {
    description: 'A file that dbt leaves is kept as an artifact if it has no more megabytes than this.',
  }),
  STRATUS_PASS_ENV: list(
    {
      description: 'Names of environment variables of the server that dbt sees too, separated by commas.',
      expected: 'variable names separated by commas, none of them STRATUS_…, DATABASE_URL or PG…',
    },
    (name) => isVariableName(name) && !isServersOwn(name),
  ),
  STRATUS_PROJECT_ROOTS: list(
    {
      description: 'Folders below which a project’s `path` may lie, separated by commas. Workers need the same.',
      expected: 'absolute folders, separated by commas',
    },
    (folder) => folder.startsWith('/'),
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
    (detail) => /^[a-z][a-z0-9_]*(?:\.[A-Za-z_][\w-]*)?$/.test(detail),
  ),
  STRATUS_DBT_USER: z.string().refine(isRunUser).optional().meta({
    description:
      'User of the operating system that git and dbt run as, so that they reach nothing of the server’s. It needs root; see docs/security.md.',
    expected: 'the name of a user, its number, or uid:gid, and not root',
    fallback: 'the server’s own user',
  }),
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
  STRATUS_ADMIN_TOKEN: z.string().refine(isToken).optional().meta({
    description: 'A token that `serve` accepts as administrator of the account. `work` refuses to start with it.',
    expected: '20 to 200 printable characters without spaces',
    fallback: 'none',
    secret: true,
  }),
  STRATUS_ACCOUNT_ID: integer(1, 999_999_999, 1, {
    description: 'Id of the account that a new server has: keep that of dbt Cloud, and no client changes.',
  }),
  STRATUS_LOG_LEVEL: z
    .enum(logLevels)
    .optional()
    .meta({
      description: 'How much to log.',
      expected: `one of ${logLevels.join(', ')}`,
      fallback: '`info`; for `dev`, `warn`',
      flag: '--log-level',
    }),
  STRATUS_URL: z
    .string()
    .refine(isOrigin)
    .optional()
    .meta({
      ...origin,
      description: 'Server that commands such as `run`, `runs`, `apply`, `token` and `env` talk to.',
      fallback: 'the server of the current folder, else the only one running',
      flag: '--url',
    }),
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

/** Variables of the server itself, which dbt never sees. */
export function isServersOwn(name: string): boolean {
  return /^(STRATUS_|PG|DATABASE_URL(_FILE)?$)/.test(name)
}

export function metaOf(name: VariableName): VariableMeta {
  return metaSchema.parse(variables.shape[name].meta())
}

export const variableNames = variables.keyof().options
