import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import request from 'supertest'
import type { ArtifactStore } from '../../src/artifacts/artifact-store.ts'
import { loadConfig } from '../../src/config/config.ts'
import type { Overrides } from '../../src/context/overrides.ts'
import { AppContext } from '../../src/context.ts'
import type { ProcessWakeUp } from '../../src/db/wake-up.ts'
import { applyDocument } from '../../src/definitions/stratus-yml/apply/apply-document.ts'
import type { Clock } from '../../src/engines/simulated/clock.ts'
import { createHttpServer } from '../../src/server/create-http-server.ts'
import { listen } from '../../src/server/listen.ts'
import { createToken } from '../../src/tokens/create-token.ts'
import type { Content } from '../../src/util/content.ts'
import { createEmptyDatabase } from '../support/database/test-database.ts'
import { eventually } from '../support/eventually.ts'
import { ScriptedEngine, succeeding } from '../support/scripted-engine.ts'
import { testKey } from '../support/test-key.ts'

const hours = { simulation: { nodes: [{ select: '*', duration: 36_000 }] } }
const document = {
  projects: [
    {
      name: 'Shop',
      environments: [
        {
          name: 'Simulated',
          engine: 'simulated',
          jobs: [{ id: 1, name: 'Slow', execute_steps: ['dbt build'], ...hours }],
        },
        { name: 'Real', engine: 'dbt', jobs: [{ id: 2, name: 'Real', execute_steps: ['dbt build'] }] },
      ],
      path: tmpdir(),
    },
  ],
}

let dataDir: string
let database: { url: string; drop(): Promise<void> }
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'stratus-composition-'))
  database = await createEmptyDatabase()
})
afterEach(async () => {
  await database.drop()
  await rm(dataDir, { recursive: true, force: true })
})

/** Runs a job on a server with these parts to its end; answers the run, with its steps and their logs. */
async function runOn(overrides: Overrides, jobId: number): Promise<Record<string, unknown>> {
  const config = loadConfig({
    mode: 'serve',
    flags: { STRATUS_PORT: '0' },
    raw: {
      DATABASE_URL: database.url,
      STRATUS_DATA_DIR: dataDir,
      STRATUS_SECRET_KEY: testKey('composition'),
      STRATUS_TRUST_PROXY: '127.0.0.1',
    },
  })
  await using ctx = await AppContext.create(config, { migrate: true, overrides })
  const stop = { signal: AbortSignal.abort('the end'), again: new AbortController().signal }
  const policy = { projectRoots: [], dbtCommands: [], dbtUsers: [], unrestricted: true }
  await applyDocument({ db: ctx.db, secretBox: ctx.secretBox, policy }, document, { accountId: 1 })
  const grants = [{ permission_set: 'account_admin' as const, project_ids: null }]
  const { token } = await createToken(ctx, { accountId: 1, name: 'test', grants })
  const api = await ctx.api({ publicUrl: () => 'https://stratus.test', isStopping: () => false })
  const { server } = await createHttpServer(config, api)
  try {
    const url = `http://localhost:${await listen(server, config)}/api/v2/accounts/1`
    await ctx.start()
    const triggered = await request(url)
      .post(`/jobs/${jobId}/run/`)
      .set('Authorization', `Token ${token}`)
      .send({ cause: 'x' })
    return await eventually('the run has ended', async () => {
      const path = `/runs/${triggered.body.data.id}/?include_related=run_steps`
      const { body } = await request(url).get(path).set('Authorization', `Token ${token}`)
      return body.data.is_complete ? body.data : undefined
    })
  } finally {
    for (const phase of ctx.draining(stop)) await phase.run()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
}

test('another store and another clock: a run of hours ends at once, and nothing of it is on the disk', async () => {
  const files = new Map<string, Buffer>()
  const run = await runOn({ artifacts: storeIn(files), simulatedClock: clockThatLeaps() }, 1)
  expect(run).toMatchObject({ status: 10, run_steps: expect.any(Array) })
  expect(JSON.stringify(run.run_steps)).toContain('Completed successfully')
  expect([...files.keys()].filter((key) => key.endsWith('/run_results.json'))).toHaveLength(1)
  expect(await readdir(dataDir)).not.toContain('artifacts')
})

test('another engine executes what is for dbt', async () => {
  const engine = new ScriptedEngine(succeeding)
  expect(await runOn({ engines: { dbt: engine } }, 2)).toMatchObject({ status: 10 })
  expect(engine.executed).toHaveLength(1)
})

test('without hints a queued run is found by looking again', async () => {
  const told: string[] = []
  const silent: ProcessWakeUp = {
    start() {},
    publish: ({ kind }) => void told.push(kind),
    subscribe: () => () => {},
    async [Symbol.asyncDispose]() {},
  }
  expect(await runOn({ wakeUp: silent, engines: { dbt: new ScriptedEngine(succeeding) } }, 2)).toMatchObject({
    status: 10,
  })
  expect(told).toEqual(expect.arrayContaining(['queued', 'ended']))
})

function storeIn(files: Map<string, Buffer>): ArtifactStore {
  return {
    async put(key, content) {
      const bytes = await bytesOf(content)
      files.set(key, bytes)
      return { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
    },
    async get(key) {
      const bytes = files.get(key)
      return bytes && { size: bytes.length, start: 0, content: Readable.from([bytes]) }
    },
    kind: 'disk',
    name: 'this memory',
    async check() {},
    async *list() {},
    async *listFolders() {},
    async delete() {},
    async deleteAll() {},
  }
}

async function bytesOf(content: Content): Promise<Buffer> {
  return typeof content === 'function' ? buffer(content()) : Buffer.from(content)
}

function clockThatLeaps(): Clock {
  let now = Date.UTC(2026, 0, 2)
  return {
    now: () => now,
    async sleep(ms) {
      now += ms
    },
  }
}
