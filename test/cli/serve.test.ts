import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import axios from 'axios'
import { createEmptyDatabase } from '../support/database/test-database.ts'
import { eventually } from '../support/eventually.ts'
import { runCli } from '../support/run-cli.ts'
import { spawnStratus, startStratus } from '../support/stratus-process.ts'

const adminToken = 'the-first-token-of-this-server'
let folder: string
let database: Awaited<ReturnType<typeof createEmptyDatabase>>
let env: Record<string, string>

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'stratus-cli-serve-'))
  database = await createEmptyDatabase()
  env = { DATABASE_URL: database.url, STRATUS_DATA_DIR: path.join(folder, 'data'), STRATUS_ADMIN_TOKEN: adminToken }
})
afterEach(async () => {
  await database.drop()
  rmSync(folder, { recursive: true, force: true })
})

test('serve refuses an old schema with the command to run, and serves once that was run', async () => {
  const refused = await runCli(['serve', '--port', '0'], { env })
  expect(refused.code).toBe(1)
  expect(refused.output).toContain('Run "stratus migrate", or start with --migrate.')
  expect((await runCli(['migrate'], { env })).output).toContain('The database schema is up to date.')

  const server = await startStratus(['serve'], { env, token: adminToken })
  const { status, data } = await server.api.get('/')
  expect([status, data.data.id]).toEqual([200, 1])
  expect(server.ready.token).toBeUndefined()
  expect(server.output()).not.toContain(adminToken)
  await eventually('the log names the store of artifacts', () =>
    /"store":"the folder .*store of artifacts ready/.test(server.output()),
  )
  expect(await server.stop('SIGTERM')).toBe(0)
})

test.each(['serve', 'work'])('%s says in one line why nothing can be written in its data folder', async (command) => {
  const file = path.join(folder, 'taken')
  writeFileSync(file, '')
  const dataDir = path.join(file, 'data')
  const { STRATUS_ADMIN_TOKEN: _, ...rest } = env
  const { code, output } = await runCli([command], { env: { ...rest, STRATUS_DATA_DIR: dataDir } })
  expect([code, output.split('\n').filter((line) => line.startsWith('stratus: '))]).toEqual([
    1,
    [expect.stringContaining(`Nothing can be written in the data folder ${dataDir}: a part of it is a file.`)],
  ])
  expect(output).not.toContain('Unexpected error')
})

test('the first token is made beside the database, limited as asked, and ends when revoked', async () => {
  const options = ['--bootstrap', '--permission', 'job_viewer', '--name', 'viewer', '--expires', '3']
  await runCli(['migrate'], { env })
  const made = await runCli(['token', 'create', ...options], { env })
  const token = /^stp_\S+/m.exec(made.output)?.[0] ?? ''
  expect(made.code).toBe(0)

  const server = await startStratus(['serve', '--no-worker'], { env, token })
  try {
    expect((await server.api.get('/jobs/')).status).toBe(200)
    expect((await server.api.post('/jobs/1/run/', { cause: 'x' })).status).not.toBe(200)
    const client = {
      env: { STRATUS_URL: server.ready.url, STRATUS_TOKEN: adminToken, STRATUS_CA_FILE: server.ready.ca_file },
    }
    const listed = await runCli(['token', 'list'], client)
    const id = /^(\d+) +viewer +job_viewer/m.exec(listed.output)?.[1] ?? ''
    expect((await runCli(['token', 'revoke', id], client)).code).toBe(0)
    expect((await server.api.get('/jobs/')).status).toBe(401)
  } finally {
    await server.stop()
  }
})

test('a wrong token, an untrusted certificate and a wrong address are each one line without the token', async () => {
  const server = await startStratus(['serve', '--migrate', '--no-worker'], { env, token: adminToken })
  const ask = (rest: Record<string, string>) =>
    runCli(['token', 'list'], { env: { STRATUS_URL: server.ready.url, STRATUS_TOKEN: 'not-the-right-token', ...rest } })
  try {
    const trusted = { STRATUS_CA_FILE: server.ready.ca_file }
    expect(await ask(trusted)).toEqual({ code: 1, output: expect.stringMatching(/^stratus: Invalid token\.?.*\n$/) })
    expect((await ask({})).output).toMatch(
      /^stratus: .* its certificate is not trusted here: set STRATUS_CA_FILE .*\n$/,
    )
    const noCertificate = path.join(folder, 'no.pem')
    writeFileSync(noCertificate, 'projects: []\n')
    expect((await ask({ STRATUS_CA_FILE: noCertificate })).output).toBe(
      `stratus: STRATUS_CA_FILE: ${noCertificate} holds no certificate (PEM).\n`,
    )
    const wrong = await ask({ ...trusted, STRATUS_URL: 'https://127.0.0.1:1' })
    expect(wrong.output).toBe('stratus: The server https://127.0.0.1:1 cannot be reached: nothing listens there.\n')
  } finally {
    await server.stop()
  }
})

test.each([
  ['no dbt', 1],
  ['a dbt', 0],
])('a server with %s on its PATH has %i warnings of that in its log', async (_what, warnings) => {
  const bin = path.join(folder, 'bin')
  mkdirSync(bin)
  if (warnings === 0) writeFileSync(path.join(bin, 'dbt'), '#!/bin/sh\n', { mode: 0o755 })
  const server = await startStratus(['serve', '--migrate'], {
    env: { ...env, PATH: `${bin}:${path.dirname(process.execPath)}` },
    token: adminToken,
  })
  await server.stop()
  expect(server.output().match(/There is no dbt on the PATH of this worker/g) ?? []).toHaveLength(warnings)
})

test('serve speaks plain HTTP to trusted proxies only', async () => {
  const trusting = { ...env, STRATUS_TRUST_PROXY: '127.0.0.0/8' }
  const ready = path.join(folder, 'ready.json')
  const { child } = spawnStratus(['serve', '--migrate', '--port', '0', '--ready-file', ready], { env: trusting })
  try {
    const { url, ca_file: caFile } = await eventually('the ready file', () => {
      try {
        return JSON.parse(readFileSync(ready, 'utf8'))
      } catch {
        return undefined
      }
    })
    expect(url).toMatch(/^http:/)
    expect(caFile).toBeNull()
    expect((await axios.get(`${url}/healthz`, { proxy: false })).status).toBe(200)
  } finally {
    child.kill()
    await new Promise((resolve) => child.once('close', resolve))
  }
})

test.each([
  [{ DATABASE_URL: '' }, 'DATABASE_URL is not set'],
  [
    { STRATUS_TLS_CERT: '/nowhere.pem', STRATUS_TLS_KEY: '/nowhere.pem' },
    'STRATUS_TLS_CERT: /nowhere.pem cannot be read (ENOENT).',
  ],
  [{ STRATUS_PORT: 'x', STRATUS_WORKERS: '0' }, 'The configuration has 2 problems:'],
])('serve with %o is refused in words', async (wrong, message) => {
  const { code, output } = await runCli(['serve', '--migrate'], { env: { ...env, ...wrong } })
  expect(code).toBe(1)
  expect(output).toContain(message)
  expect(output).not.toContain('hunter2')
  expect(output).not.toContain('    at ')
})

test('a command that ends soon does not wait for a database that nobody runs', async () => {
  const wrong = { ...env, DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/db' }
  const { code, output } = await runCli(['migrate'], { env: wrong })
  expect(code).toBe(1)
  expect(output).toContain('The database 127.0.0.1:1/db (DATABASE_URL) cannot be used: nothing listens there.')
  expect(output).not.toContain('hunter2')
})

test('a worker is not started with the token of an administrator', async () => {
  const { code, output } = await runCli(['work'], { env })
  expect(code).toBe(1)
  expect(output).toMatch(/^stratus: STRATUS_ADMIN_TOKEN is set, and a worker has no use for it/)
})

test('secrets that stand in files are in the environment of no program of a run', async () => {
  const secrets = { DATABASE_URL: database.url, STRATUS_SECRET_KEY: randomBytes(32).toString('base64') }
  const inFile = (name: string, text: string) => {
    writeFileSync(path.join(folder, name), `${text}\n`, { mode: 0o600 })
    return [`${name}_FILE`, path.join(folder, name)] as const
  }
  const files = Object.fromEntries(Object.entries(secrets).map(([name, text]) => inFile(name, text)))
  const [dbt, seen] = [path.join(folder, 'dbt'), path.join(folder, 'seen')]
  // Its own environment, and that of its guardian.
  const script = `#!/bin/sh\nenv > ${seen}\ntr '\\0' '\\n' < /proc/$PPID/environ >> ${seen}\nexit 0\n`
  writeFileSync(dbt, script, { mode: 0o755 })
  mkdirSync(path.join(folder, 'shop'))
  writeFileSync(path.join(folder, 'shop/dbt_project.yml'), 'name: shop\nprofile: shop\n')
  writeFileSync(path.join(folder, 'shop/profiles.yml'), 'shop: {outputs: {default: {type: duckdb, path: x.db}}}\n')
  const environment = {
    name: 'Production',
    dbt: { command: dbt },
    jobs: [{ name: 'Build', execute_steps: ['dbt run'] }],
  }
  const document = { projects: [{ name: 'Shop', path: './shop', environments: [environment] }] }
  writeFileSync(path.join(folder, 'stratus.yml'), JSON.stringify(document))

  const common = { ...files, DATABASE_URL: '', STRATUS_SECRET_KEY: '', STRATUS_DATA_DIR: path.join(folder, 'data') }
  const allowed = { STRATUS_PROJECT_ROOTS: folder, STRATUS_DBT_COMMANDS: dbt }
  const ofServer = Object.fromEntries([inFile('STRATUS_ADMIN_TOKEN', adminToken)])
  const options = { env: { ...common, ...allowed, ...ofServer }, token: adminToken }
  const server = await startStratus(['serve', '--migrate', '--no-worker'], options)
  const worker = spawnStratus(['work'], { env: { ...common, ...allowed } })
  try {
    const { url, ca_file } = server.ready
    const client = { env: { STRATUS_URL: url, STRATUS_TOKEN: adminToken, STRATUS_CA_FILE: ca_file }, cwd: folder }
    expect((await runCli(['apply'], client)).code).toBe(0)
    expect(await runCli(['run', 'Build'], client)).toMatchObject({ code: 0 })
  } finally {
    worker.child.kill()
    await Promise.all([server.stop(), new Promise((resolve) => worker.child.once('close', resolve))])
  }
  const environments = readFileSync(seen, 'utf8')
  expect(environments).toContain('DBT_CLOUD_RUN_ID=')
  for (const text of [...Object.values(secrets), adminToken, ...Object.keys({ ...files, ...ofServer })])
    expect(environments).not.toContain(text)
})
