import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { Agent } from 'node:https'
import os from 'node:os'
import path from 'node:path'
import axios from 'axios'
import { type CliResult, runCli } from '../support/run-cli.ts'
import { type StratusProcess, startStratus } from '../support/stratus-process.ts'

const adminToken = 'the-first-token-of-this-server'
let folder: string
let server: StratusProcess
let client: Record<string, string>

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'stratus-cli-env-'))
  const share = { XDG_DATA_HOME: path.join(folder, 'share') }
  const env = {
    ...share,
    DATABASE_URL: '',
    STRATUS_DATA_DIR: path.join(folder, 'data'),
    STRATUS_ADMIN_TOKEN: adminToken,
  }
  server = await startStratus(['serve', '--embedded', '--no-worker'], { env, token: adminToken })
  client = {
    XDG_DATA_HOME: path.join(folder, 'client'),
    ...{ STRATUS_DATA_DIR: '', STRATUS_URL: server.ready.url, STRATUS_TOKEN: adminToken },
    ...{ STRATUS_CA_FILE: server.ready.ca_file, SSL_CERT_FILE: '' },
  }
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

const printEnv = (more: Record<string, string> = {}): Promise<CliResult> =>
  runCli(['env'], { env: { ...client, ...more }, cwd: folder })

function passwordIn(output: string): string {
  const connection = /^export AIRFLOW_CONN_DBT_CLOUD_DEFAULT='(.*)'$/m.exec(output)?.[1] ?? ''
  return JSON.parse(connection).password
}

const variable = (output: string, name: string) => new RegExp(`^export ${name}=(.*)$`, 'm').exec(output)?.[1] ?? ''

test('for a team’s server the bundle has the system’s roots, too, and Python and Node trust it', async () => {
  const { code, output } = await printEnv()
  expect(code).toBe(0)
  const bundle = variable(output, 'REQUESTS_CA_BUNDLE')
  expect(variable(output, 'SSL_CERT_FILE')).toBe(bundle)
  const content = readFileSync(bundle, 'utf8')
  expect(content).toContain(readFileSync(server.ready.ca_file, 'utf8').trim())
  expect(content.match(/BEGIN CERTIFICATE/g)?.length).toBeGreaterThan(50)
  // Once exported it is the system's bundle of the next call, which takes nothing away and adds nothing twice.
  expect((await printEnv({ SSL_CERT_FILE: bundle })).output).toContain(`export REQUESTS_CA_BUNDLE=${bundle}\n`)
  expect(readFileSync(bundle, 'utf8')).toBe(content)
})

test('an administrator’s token is not handed on: one that may only run jobs is made, once, and replaced when revoked', async () => {
  const first = await printEnv()
  const token = passwordIn(first.output)
  expect(first.output).not.toContain(adminToken)
  expect(first.output).toMatch(
    /The password is token \d+, which may run jobs and nothing else, until \d{4}-\d\d-\d\d\.\n/,
  )
  expect(passwordIn((await printEnv()).output)).toBe(token)
  const tokens = await runCli(['token', 'list'], { env: client, cwd: folder })
  const [, id = ''] = /^(\d+) +Airflow \(stratus env\) +job_runner/m.exec(tokens.output) ?? []
  expect(tokens.output.match(/stratus env/g)).toHaveLength(1)

  const call = (using: string) =>
    axios.get(`${server.ready.url}/api/v2/accounts/1/jobs/`, {
      headers: { authorization: `Token ${using}` },
      httpsAgent: new Agent({ ca: readFileSync(server.ready.ca_file) }),
      validateStatus: () => true,
    })
  expect((await call(token)).status).toBe(200)
  const kept = path.join(folder, 'client', 'stratus', 'clients')
  expect(statSync(kept).mode & 0o777).toBe(0o700)

  await runCli(['token', 'revoke', id], { env: client, cwd: folder })
  const replaced = passwordIn((await printEnv()).output)
  expect(replaced).not.toBe(token)
  expect((await call(replaced)).status).toBe(200)
})

test('a token that may make none is handed on as it is, and that is said', async () => {
  const made = await runCli(['token', 'create', '--permission', 'job_runner'], { env: client, cwd: folder })
  const runner = /^stp_\S+/m.exec(made.output)?.[0] ?? ''
  const { output } = await printEnv({ STRATUS_TOKEN: runner, XDG_DATA_HOME: path.join(folder, 'other') })
  expect(passwordIn(output)).toBe(runner)
  expect(output).toContain('The password is STRATUS_TOKEN itself: it may not make another one.')
})

test('a CA file that is not there is one line', async () => {
  const { code, output } = await printEnv({ STRATUS_CA_FILE: '/no/such/ca.pem' })
  expect([code, output]).toEqual([1, 'stratus: STRATUS_CA_FILE: /no/such/ca.pem cannot be read (ENOENT).\n'])
})
