import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { runCli } from '../support/run-cli.ts'
import { type StratusProcess, startStratus } from '../support/stratus-process.ts'

const told = path.resolve(import.meta.dirname, '../fixtures/bin/dbt-tells')

const secrets: Readonly<Record<string, string>> = {
  NEWLINE: 'ends-in-a-newline\n',
  LINES: '-----BEGIN KEY-----\nMIIabcdefgh12345\nab==\n-----END KEY-----\n',
  BLANKS: '  blanks around it ',
  QUOTES: `it's "quoted" \\ here`,
  UNICODE: 'pässwörd-✓-🙂',
  ADDRESS: 'p@ss/w?rd&a=b#c%20+d',
  ENVELOPE: 'https://me:hunter%2122@warehouse.example.com/x',
}
/** Hidden in texts, and yet the rest stays readable. */
const words: Readonly<Record<string, string>> = { WORD: 'models', NUMBER: '1111', SHORT: 'run', ONE: '1' }

let folder: string
let env: Record<string, string>
let server: StratusProcess
let runId: number
let printed: string

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'stratus-secrets-'))
  const project = path.join(folder, 'shop')
  mkdirSync(project)
  writeFileSync(path.join(project, 'dbt_project.yml'), 'name: shop\nversion: "1"\nprofile: shop\n')
  writeFileSync(
    path.join(project, 'profiles.yml'),
    'shop:\n  target: dev\n  outputs:\n    dev: { type: duckdb, path: x.db }\n',
  )
  const all = { ...secrets, ...words }
  const variables = Object.keys(all).map((name) => `DBT_ENV_SECRET_${name}: { from_env: TOLD_${name} }`)
  writeFileSync(
    path.join(folder, 'stratus.yml'),
    `projects:
  - name: Shop
    path: ./shop
    environments:
      - name: Production
        dbt: { command: ${told} }
        environment_variables:
          TOLD_ARGUMENTS: ${path.join(folder, 'arguments')}
          ${variables.join('\n          ')}
        jobs: [{ id: 1, name: Build, execute_steps: [dbt build] }]
`,
  )
  env = {
    ...{ XDG_DATA_HOME: path.join(folder, 'share'), DATABASE_URL: '', STRATUS_DATA_DIR: '', STRATUS_URL: '' },
    ...Object.fromEntries(Object.entries(all).map(([name, secret]) => [`TOLD_${name}`, secret])),
  }
  server = await startStratus(['dev', folder], { env: { ...env, STRATUS_LOG_LEVEL: 'trace' } })
  const ended = await runCli(['run', 'Build'], { env, cwd: folder })
  printed = ended.output
  runId = (await server.api.get('/runs/?order_by=-id&limit=1')).data.data[0].id
}, 60_000)
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** The secret must not be found in any of its forms, nor any of its lines. */
function formsOf(secret: string): string[] {
  const lines = secret.split('\n').filter((line) => line.length >= 8)
  return [secret, secret.trim(), ...lines].flatMap((text) => [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
    Buffer.from(text).toString('base64').replace(/=+$/, '').slice(0, -1),
    Buffer.from(`user:${text}`).toString('base64url').slice(8, -2),
    Buffer.from(text).toString('hex'),
  ])
}

function leaksIn(text: string): string[] {
  return Object.entries(secrets).flatMap(([name, secret]) =>
    [...formsOf(secret), ...formsOf(JSON.stringify(secret).slice(1, -1))]
      .filter((form) => text.includes(form))
      .map((form) => `${name}: ${form}`),
  )
}

async function steps() {
  const { data } = await server.api.get(`/runs/${runId}/?include_related=["run_steps","debug_logs"]`)
  return data.data.run_steps as { name: string; logs: string; debug_logs: string; status_humanized: string }[]
}

async function artifact(file: string): Promise<string> {
  const { data } = await server.api.get(`/runs/${runId}/artifacts/${file}`, {
    responseType: 'text',
    transformResponse: [],
  })
  return data
}

test('not through what `stratus run` prints', () => {
  expect(printed).toContain('DBT_ENV_SECRET_NEWLINE is ***** here')
  expect(leaksIn(printed)).toEqual([])
})

test('not through the logs of its steps, whose events are shown as dbt shows them', async () => {
  const [step] = (await steps()).slice(-1)
  expect([JSON.stringify(step), step?.logs ?? '', step?.debug_logs ?? ''].flatMap(leaksIn)).toEqual([])
  expect(step?.logs).toContain('\nDBT_ENV_SECRET_QUOTES is ***** here\n')
  expect(step?.logs).toContain('\n06:58:38  DBT_ENV_SECRET_QUOTES is ***** here\n')
  expect(step?.logs).toContain('06:58:38  DBT_ENV_SECRET_WORD is ***** here\n')
  expect(step?.logs).toContain('06:58:38  DBT_ENV_SECRET_SHORT is run here\n')
  expect(step?.logs).not.toContain('"info"')
  expect(step?.debug_logs).toContain('06:58:38.683493 [debug] [MainThread]: DBT_ENV_SECRET_LINES is ***** here\n')
})

test('what is too short to be hidden is named in the first log', async () => {
  const [first] = await steps()
  expect(first?.logs).toContain('Warning: the secret DBT_ENV_SECRET_SHORT has fewer than 4 characters.')
  expect(first?.logs).toContain('Warning: the secret DBT_ENV_SECRET_ONE has fewer than 4 characters.')
})

test('not through artifacts, whose names, keys and numbers stay', async () => {
  const { data } = await server.api.get(`/runs/${runId}/artifacts/`)
  expect(data.data).toEqual(['compiled/shop/models/one.sql', 'manifest.json', 'run_results.json'])
  const [sql, manifest, results] = await Promise.all(data.data.map(artifact))
  expect([sql, manifest, results].flatMap(leaksIn)).toEqual([])
  const { nodes } = JSON.parse(manifest)
  expect(Object.keys(nodes)).toEqual(['models'])
  expect(leaksIn(nodes.models.raw_code)).toEqual([])
  expect(nodes.models.raw_code).toContain('DBT_ENV_SECRET_UNICODE is ***** here')
  expect(JSON.parse(results).results[0]).toMatchObject({ status: 'error', execution_time: 1111 })
})

test('not through the messages of the run and its steps', async () => {
  const { data } = await server.api.get(`/runs/${runId}/?include_related=["run_steps","trigger","job"]`)
  expect(data.data.status_message).toContain(
    '`dbt build` failed: Database Error in model one (*****/one.sql): DBT_ENV_SECRET_',
  )
  expect(leaksIn(JSON.stringify(data))).toEqual([])
})

test('not through arguments of programs', () => {
  const lines = readFileSync(path.join(folder, 'arguments'), 'utf8')
  expect(lines).toContain('dbt-tells')
  expect(leaksIn(lines)).toEqual([])
})

test('not through definitions, plans, exports, refusals and the audit log', async () => {
  const { data: environments } = await server.api.get('/environments/')
  const { project_id: projectId, id } = environments.data[0]
  const base = `${server.ready.url}/api/v3/accounts/1`
  const variable = {
    name: 'DBT_ENV_SECRET_NEW',
    project_id: projectId,
    environment_values: [{ env_var: secrets.QUOTES }],
  }
  const answers = await Promise.all([
    server.api.get(`${base}/projects/${projectId}/environment-variables/environment/`),
    server.api.post(`${base}/projects/${projectId}/environment-variables/bulk/`, variable),
    server.api.post(`${base}/projects/${projectId}/environment-variables/bulk/`, {
      env_var: { new_name: 'DBT_ENV_SECRET_NEW', [String(id)]: { deep: secrets.QUOTES } },
    }),
    server.api.get(`${server.ready.url}/api/stratus/v1/accounts/1/export/`),
    server.api.get(`${base}/audit-logs/`),
    server.api.get(`${base}/environments/`),
  ])
  const applied = await runCli(['apply', '--dry-run'], { env, cwd: folder })
  const said = JSON.stringify(answers.map(({ status, data }) => [status, data])) + applied.output
  expect(leaksIn(said)).toEqual([])
  expect(said).toContain('DBT_ENV_SECRET_QUOTES')
})

test("not through the server's own log", () => {
  expect(leaksIn(server.output())).toEqual([])
})
