import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Express } from 'express'
import request, { type Test } from 'supertest'
import type { ApiContext } from '../../src/api/api-context.ts'
import { type AppOptions, createApp } from '../../src/api/app.ts'
import { HeldPolls, type HeldPollsOptions } from '../../src/api/http/held-polls.ts'
import type { ArtifactStore } from '../../src/artifacts/artifact-store.ts'
import { createDiskStore } from '../../src/artifacts/disk/disk-store.ts'
import { healthChecks } from '../../src/context/health-checks.ts'
import type { Database } from '../../src/db/database.ts'
import { readMigrations } from '../../src/db/migrate/read-migrations.ts'
import { DatabaseWakeUp } from '../../src/db/wake-up.ts'
import type { ApplyPolicy } from '../../src/definitions/projects/machine-policy.ts'
import type { TokenGrant } from '../../src/domain/permissions.ts'
import type { QueueLimits } from '../../src/queue/assert-room.ts'
import { createSecretBox } from '../../src/secrets/secret-box.ts'
import { createToken } from '../../src/tokens/create-token.ts'
import { createTestDatabase, type DatabaseKind } from './database/test-database.ts'
import { responseValidator } from './openapi/validate-responses.ts'
import { testKey } from './test-key.ts'

export const publicUrl = 'https://stratus.test:8443'

type Calls = Pick<TestApi, 'get' | 'post' | 'put' | 'patch' | 'delete'>

export interface TestApi {
  readonly app: Express
  readonly ctx: ApiContext
  /** Says where its artifacts are. */
  readonly folder: string
  /** It is an account administrator's. */
  readonly token: string
  /** Sends a request with that token; its response is checked against `openapi/`. */
  get(url: string): Test
  post(url: string): Test
  put(url: string): Test
  patch(url: string): Test
  delete(url: string): Test
  /** Makes the calls with another token. */
  as(token: string): Calls
  /** Creates a token of account 1 unless another is given. */
  createToken(grants: readonly TokenGrant[], accountId?: number): Promise<string>
  storeFile(key: string, content: string): Promise<number>
  close(): Promise<void>
}

export interface TestApiOptions {
  readonly heldPolls?: Partial<HeldPollsOptions>
  readonly app?: AppOptions
  /** The server knows this of its machine; absent: no folder, no program. */
  readonly policy?: Partial<ApplyPolicy>
  readonly queueLimits?: QueueLimits
  /** Without it there is a disk store in its folder. */
  readonly artifacts?: ArtifactStore
  /** A migrated one to use, and close, instead of a new one. */
  readonly database?: Database
}

/** Serves the API on a database of its own; nothing executes its runs. */
export async function createTestApi(kind: DatabaseKind = 'postgres', options: TestApiOptions = {}): Promise<TestApi> {
  const database = options.database ?? (await createTestDatabase(kind))
  const wakeUp = new DatabaseWakeUp(database)
  const folder = await mkdtemp(path.join(tmpdir(), 'stratus-api-'))
  const artifacts = options.artifacts ?? createDiskStore(folder)
  const ctx: ApiContext = {
    db: database.db,
    wakeUp,
    health: healthChecks({
      db: database.db,
      artifacts,
      migrations: await readMigrations(path.resolve(import.meta.dirname, '../../src/db')),
      dataDir: folder,
      isStopping: () => false,
    }),
    heldPolls: new HeldPolls(wakeUp, { seconds: 0, max: 10, ...options.heldPolls }),
    artifacts,
    secretBox: createSecretBox([testKey('api')]),
    policy: { projectRoots: [], dbtCommands: [], dbtUsers: ['shop_dbt'], unrestricted: false, ...options.policy },
    ...(options.queueLimits && { queueLimits: options.queueLimits }),
    version: '0.0.0-test',
    publicUrl: () => publicUrl,
  }
  const app = createApp(ctx, options.app)
  const validate = responseValidator()

  async function newToken(grants: readonly TokenGrant[], accountId = 1): Promise<string> {
    const { token } = await createToken(ctx, { accountId, name: 'test', grants })
    return token
  }

  function as(token: string): Calls {
    const call = (method: keyof Calls) => (url: string) =>
      request(app)
        [method](url)
        .set('Authorization', `Token ${token}`)
        .expect((response) => validate(response, { method, url }))
    return { get: call('get'), post: call('post'), put: call('put'), patch: call('patch'), delete: call('delete') }
  }

  const token = await newToken([{ permission_set: 'account_admin', project_ids: null }])
  return {
    app,
    ctx,
    folder,
    token,
    ...as(token),
    as,
    createToken: newToken,
    storeFile: async (key, content) => {
      const { size } = await ctx.artifacts.put(key, content)
      return size
    },
    async close() {
      await database.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
