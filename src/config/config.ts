import { createHash, randomBytes } from 'node:crypto'
import { realpathSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { SetupError } from '../domain/errors.ts'
import { type ArtifactsConfig, artifactsOf } from './artifacts-config.ts'
import { dbtEnvironment } from './dbt-environment.ts'
import { type FlagValues, readEnv } from './env.ts'
import type { Env, LogLevel } from './env-variables.ts'
import { assertOwnSecrets } from './placeholders.ts'
import type { RawEnvironment } from './raw-environment.ts'
import { type TlsConfig, tlsOf } from './tls-config.ts'

export type Mode = 'dev' | 'serve' | 'work'

export type DatabaseConfig =
  /** `template`: a prepared data folder for a first start. */
  | { readonly kind: 'embedded'; readonly dir: string; readonly template?: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly poolSize: number }

export interface WorkerConfig {
  readonly enabled: boolean
  readonly name: string
  /** So many runs are executed at the same time. */
  readonly capacity: number
  /** The processes of a run also go on so long without a sign of life from the worker. */
  readonly leaseSeconds: number
  readonly logSpoolBytes: number
  /** The reaper acts at lease + grace: by then a worker has ended its processes. */
  readonly graceSeconds: number
  readonly pollMs: number
  /** Infinity stands for as long as runs need. */
  readonly drainTimeoutMs: number
  readonly cancelGraceMs: number
  readonly maxArtifactBytes: number
  /** So long the end of a step waits for a store of artifacts that does not answer. */
  readonly artifactsWaitMs: number
}

export interface EngineConfig {
  /** dbt may inherit these, which never hold the server's own variables: in `dev` the user's environment and HOME. */
  readonly baseEnvironment: Readonly<Record<string, string>>
  readonly projectRoots: readonly string[]
  readonly dbtCommands: readonly string[]
  readonly allowedDetails: readonly string[]
  /** The user that dbt runs as where an environment names none; absent: that of this process. */
  readonly dbtUser?: string
  /** Those that environments may name. */
  readonly dbtUsers: readonly string[]
}

/** Its values are not enumerable: no log line, spread or JSON shows them. */
export interface Secrets {
  readonly secretKeys: readonly string[]
  readonly adminToken?: string
}

export interface Config {
  readonly mode: Mode
  readonly host: string
  readonly port: number
  /** It ends without a slash. */
  readonly publicUrl?: string
  readonly readyFile?: string
  readonly dataDir: string
  /** The folder that `dev` was started for. */
  readonly projectDir?: string
  /** It is true when a server starts jobs as their time comes. */
  readonly schedules: boolean
  /** Says where the running servers of this user are noted, for commands in other folders. */
  readonly serversDir: string
  /** The account that a new server has. */
  readonly accountId: number
  readonly database: DatabaseConfig
  readonly artifacts: ArtifactsConfig
  readonly tls: TlsConfig
  readonly worker: WorkerConfig
  readonly engine: EngineConfig
  readonly secrets: Secrets
  /** Says for how long a poll of a live run may be held; 0 is dbt Cloud's behaviour. */
  readonly holdPollsSeconds: number
  /** Limits the requests of one account to this process; 0 means no limit. */
  readonly requestsPerMinute: number
  /** Runs that may wait in the queue; 0 for no limit. */
  readonly queueLimits: { readonly perJob: number; readonly perToken: number }
  readonly logLevel: LogLevel
}

export interface ConfigRequest {
  readonly mode: Mode
  readonly flags?: FlagValues
  readonly raw?: RawEnvironment
  /** The folder that `dev` was started for. */
  readonly projectDir?: string
  /** It is true for `serve --embedded`. */
  readonly embedded?: boolean
  /** It is false for `serve --no-worker`. */
  readonly worker?: boolean
  /** It is false for `dev --no-schedules`. */
  readonly schedules?: boolean
  readonly template?: string
  /** The document of `dev` names these folders and programs, which are allowed without being configured. */
  readonly allowed?: Pick<EngineConfig, 'projectRoots' | 'dbtCommands'>
}

/** Joins flags, environment and defaults in one frozen object. Throws a SetupError that says what to change. */
export function loadConfig(request: ConfigRequest): Config {
  const { mode, raw = process.env } = request
  const env = readEnv(request.flags, raw)
  const dataDir = path.resolve(
    env.STRATUS_DATA_DIR ?? (mode === 'dev' ? devDataDir(request.projectDir ?? '.', env) : '/var/lib/stratus'),
  )
  const passEnv = mode === 'dev' ? undefined : env.STRATUS_PASS_ENV
  const database = databaseOf(request, env, dataDir)
  const cancelGraceMs = env.STRATUS_CANCEL_GRACE_SECONDS * 1000
  const host = env.STRATUS_HOST ?? (mode === 'dev' ? '127.0.0.1' : '0.0.0.0')
  if (mode !== 'work') assertOwnSecrets(env, host)
  return deepFreeze({
    mode,
    host,
    port: env.STRATUS_PORT,
    ...(env.STRATUS_PUBLIC_URL && { publicUrl: new URL(env.STRATUS_PUBLIC_URL).origin }),
    ...(env.STRATUS_READY_FILE && { readyFile: path.resolve(env.STRATUS_READY_FILE) }),
    dataDir,
    ...(request.projectDir !== undefined && { projectDir: realFolder(request.projectDir) }),
    schedules: request.schedules ?? true,
    serversDir: runningServersDir(env),
    accountId: env.STRATUS_ACCOUNT_ID,
    database,
    artifacts: artifactsOf(env, dataDir),
    tls: tlsOf(env),
    worker: {
      enabled: request.worker ?? true,
      // In a container host name and process id are the same again after a restart, and a given name always is.
      name: `${env.STRATUS_WORKER_NAME ?? `${os.hostname()}-${process.pid}`}-${randomBytes(3).toString('hex')}`,
      capacity: env.STRATUS_WORKERS,
      // An embedded database goes away only with its process.
      leaseSeconds: env.STRATUS_LEASE_SECONDS ?? (database.kind === 'embedded' ? 15 : 60),
      logSpoolBytes: env.STRATUS_LOG_SPOOL_MB * 2 ** 20,
      graceSeconds: 5 + cancelGraceMs / 1000,
      pollMs: 1000,
      drainTimeoutMs: (env.STRATUS_DRAIN_TIMEOUT ?? (mode === 'dev' ? 0 : Number.POSITIVE_INFINITY)) * 1000,
      cancelGraceMs,
      maxArtifactBytes: env.STRATUS_MAX_ARTIFACT_MB * 1024 * 1024,
      artifactsWaitMs: env.STRATUS_ARTIFACTS_WAIT_SECONDS * 1000,
    },
    engine: {
      baseEnvironment: dbtEnvironment(raw, passEnv),
      projectRoots: [...env.STRATUS_PROJECT_ROOTS, ...(request.allowed?.projectRoots ?? [])],
      dbtCommands: [...env.STRATUS_DBT_COMMANDS, ...(request.allowed?.dbtCommands ?? [])],
      allowedDetails: env.STRATUS_ALLOWED_DETAILS,
      ...(env.STRATUS_DBT_USER !== undefined && { dbtUser: env.STRATUS_DBT_USER }),
      dbtUsers: env.STRATUS_DBT_USERS,
    },
    secrets: createSecrets({
      secretKeys: env.STRATUS_SECRET_KEY,
      ...(env.STRATUS_ADMIN_TOKEN && { adminToken: env.STRATUS_ADMIN_TOKEN }),
    }),
    holdPollsSeconds: env.STRATUS_HOLD_POLLS_SECONDS ?? (mode === 'dev' ? 10 : 0),
    queueLimits: { perJob: env.STRATUS_MAX_QUEUED_PER_JOB, perToken: env.STRATUS_MAX_QUEUED_PER_TOKEN },
    requestsPerMinute: env.STRATUS_RATE_LIMIT ?? (mode === 'dev' ? 0 : 5_000), // dbt Cloud's own limit
    logLevel: env.STRATUS_LOG_LEVEL ?? (mode === 'dev' ? 'warn' : 'info'),
  })
}

export function createSecrets({ secretKeys, adminToken }: Secrets): Secrets {
  const secrets: Secrets = { secretKeys, ...(adminToken !== undefined && { adminToken }) }
  for (const key of Object.keys(secrets)) Object.defineProperty(secrets, key, { enumerable: false })
  return Object.freeze(secrets)
}

/** The data folder of `stratus dev DIR`, also where commands look for the server of the current folder. */
export function devDataDir(projectDir: string, env: UserFolders): string {
  const dir = realFolder(projectDir)
  const name =
    path
      .basename(dir)
      .toLowerCase()
      .replace(/[^a-z0-9._-]+/g, '-')
      .slice(0, 40) || 'root'
  return path.join(userDataDir(env), `${name}-${createHash('sha256').update(dir).digest('hex').slice(0, 8)}`)
}

/** Each running server of this user has a file there. No data folder of a project has this name: theirs end in a hash. */
export function runningServersDir(env: UserFolders): string {
  return path.join(userDataDir(env), 'running')
}

/** The folder where Stratus keeps its data for this user. */
export function userDataDir(env: UserFolders): string {
  return path.join(env.XDG_DATA_HOME ?? path.join(env.HOME ?? os.homedir(), '.local', 'share'), 'stratus')
}

type UserFolders = Pick<Env, 'XDG_DATA_HOME' | 'HOME'>

export function realFolder(dir: string): string {
  try {
    return realpathSync(dir)
  } catch {
    return path.resolve(dir) // not there (any more): its plain name will do
  }
}

function databaseOf({ mode, embedded, template }: ConfigRequest, env: Env, dataDir: string): DatabaseConfig {
  if (env.DATABASE_URL && !embedded) {
    return { kind: 'postgres', url: env.DATABASE_URL, poolSize: env.STRATUS_DATABASE_POOL }
  }
  if (env.DATABASE_URL && embedded) {
    throw new SetupError('DATABASE_URL is set and --embedded was given: leave out one of them.')
  }
  if (mode === 'work') {
    throw new SetupError(
      'DATABASE_URL is not set. Give the PostgreSQL server that "stratus serve" uses (postgres://user:password@host:5432/database).',
    )
  }
  if (mode === 'serve' && !embedded) {
    throw new SetupError(
      'DATABASE_URL is not set. Give "stratus serve" a PostgreSQL server (postgres://user:password@host:5432/database), ' +
        'or use --embedded: one process, data in one folder, not safe against power loss.',
    )
  }
  return { kind: 'embedded', dir: path.join(dataDir, 'database'), ...(template !== undefined && { template }) }
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) deepFreeze(inner)
  return Object.freeze(value)
}
