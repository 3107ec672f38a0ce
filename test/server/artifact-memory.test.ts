import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import pg from 'pg'
import { createDiskStore } from '../../src/artifacts/disk/disk-store.ts'
import { type S3Server, s3Environment, startS3Server, storeOn } from '../support/s3-server.ts'
import { useSlowServers } from '../support/slow-servers.ts'
import type { StratusProcess } from '../support/stratus-process.ts'

const mebibyte = 2 ** 20
const key = 'runs/1/1/1/large.bin'
const servers = useSlowServers()

let s3: S3Server
let folder: string
beforeAll(async () => {
  s3 = await startS3Server()
  await s3.makeBucket('artifacts')
  folder = await mkdtemp(path.join(tmpdir(), 'stratus-memory-'))
})
afterAll(async () => {
  await s3?.stop()
  await rm(folder, { recursive: true, force: true })
})

const places = {
  disk: () => ({ store: createDiskStore(folder), env: { STRATUS_ARTIFACTS_URL: `file://${folder}` } }),
  S3: () => ({
    store: storeOn(s3.url, { bucket: 'artifacts', spoolFolder: folder }),
    env: { ...s3Environment, STRATUS_ARTIFACTS_URL: 's3://artifacts', STRATUS_S3_ENDPOINT: s3.url },
  }),
}

/** Compresses to about half, worse than what dbt writes: more has to be read. */
function* content(): Generator<Buffer> {
  for (let n = 0; n < 100; n++) yield Buffer.from(randomBytes(mebibyte / 2).toString('hex'))
}

const onLinux = process.platform === 'linux' ? test.each : test.skip.each

onLinux(Object.keys(places) as Array<keyof typeof places>)(
  'a file of 100 MB that is downloaded from the %s is never whole in the memory of its server',
  async (kind) => {
    await servers.open(0)
    const { store, env } = places[kind]()
    await store.put(key, () => Readable.from(content()))
    const server = await servers.serve(['--no-worker'], env)
    const address = await makeRow(server)
    await download(server, address, 'bytes=0-99') // what is loaded at first use is no memory of this file
    const status = `/proc/${server.ready.pid}`
    await writeFile(`${status}/clear_refs`, '5') // the peak begins here
    const before = await megabytes(status)
    expect(await download(server, address)).toBe(100 * mebibyte)
    // Chunks that were sent stay until V8 collects them, some 40 MB of them.
    expect((await megabytes(status)) - before).toBeLessThan(65)
  },
  120_000,
)

async function makeRow(server: StratusProcess): Promise<string> {
  const job = await servers.applyProject(server)
  const id = await servers.trigger(server, job)
  const client = new pg.Client({ connectionString: servers.databaseUrl })
  await client.connect()
  await client.query(
    `insert into run_steps (run_id, index, kind, name, status) values ($1, 1, 'command', 'dbt', 'success')`,
    [id],
  )
  await client.query(
    `insert into run_artifacts (run_id, step_index, path, size_bytes, store_key) values ($1, 1, 'large.bin', $2, $3)`,
    [id, 100 * mebibyte, key],
  )
  await client.end()
  return `/runs/${id}/artifacts/large.bin`
}

/** Answers how many bytes came. */
async function download(server: StratusProcess, address: string, range?: string): Promise<number> {
  const headers = range === undefined ? {} : { Range: range }
  const { data } = await server.api.get(address, { headers, responseType: 'stream' })
  let bytes = 0
  for await (const chunk of data) bytes += chunk.length
  return bytes
}

/** The most that it had since its peak was last forgotten. */
async function megabytes(folderOfProcess: string): Promise<number> {
  const [, kibibytes = ''] = /VmHWM:\s+(\d+) kB/.exec(await readFile(`${folderOfProcess}/status`, 'utf8')) ?? []
  return (Number(kibibytes) * 1024) / 1e6
}
