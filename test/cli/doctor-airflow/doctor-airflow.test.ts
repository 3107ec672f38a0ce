import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { type CliResult, runCli } from '../../support/run-cli.ts'
import { type StratusProcess, startStratus } from '../../support/stratus-process.ts'
import { startWarmPython } from '../../support/warm/warm-python.ts'
import {
  airflowBin,
  airflowEnvironment,
  oldProvider,
  otherBundle,
  ownPython,
  pythonWithoutProvider,
} from './broken-environments.ts'

/*
 * Each mistake is made for real, with the Airflow of the compat tests and a server that answers. Airflow takes seconds
 * to import: where what is imported does not matter, it is imported once for all.
 */

interface Case {
  readonly env?: Readonly<Record<string, string>>
  readonly connection?: Readonly<Record<string, unknown>>
  readonly args?: readonly string[]
  /** Other than the one that has imported Airflow already. */
  readonly python?: string
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'stratus-doctor-airflow-'))
const plainHttp = createServer((_, response) => response.end('hello'))
let server: StratusProcess
let good: { readonly connection: Record<string, unknown>; readonly bundle: string }
let results: Readonly<Record<string, CliResult>>

beforeAll(async () => {
  if (!existsSync(airflowBin)) throw new Error(`${airflowBin} is missing; npm test makes it.`)
  const project = path.join(folder, 'project')
  mkdirSync(project)
  writeFileSync(path.join(project, 'dbt_project.yml'), 'name: coffee\nversion: "1"\nprofile: coffee\n')
  const dataDir = path.join(folder, 'data')
  server = await startStratus(['dev', project, '--host', '0.0.0.0', '--data-dir', dataDir])
  const ready = JSON.parse(readFileSync(path.join(dataDir, 'ready.json'), 'utf8'))
  good = { connection: JSON.parse(ready.airflow_connection), bundle: ready.ca_bundle_file }
  const reader = await runCli(['token', 'create', '--permission', 'job_viewer', '--data-dir', dataDir])
  plainHttp.listen(0, '127.0.0.1')
  await once(plainHttp, 'listening')
  // aiohttp settles what it trusts when it is imported.
  const env = environmentWith(good.connection)
  const modules = [
    'airflow.models',
    'airflow.providers.dbt.cloud.operators.dbt',
    'airflow.providers.dbt.cloud.hooks.dbt',
  ]
  await using warm = await startWarmPython(airflowEnvironment, modules, env)
  results = await runAll(mistakes(/^\w+_\S+$/m.exec(reader.output)?.[0] ?? ''), warm.python)
}, 600_000)

afterAll(async () => {
  plainHttp.close()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

function mistakes(readingToken: string) {
  const address = plainHttp.address()
  const plainPort = typeof address === 'object' ? address?.port : 0
  const { host } = good.connection
  return {
    none: { python: ownPython },
    'no REQUESTS_CA_BUNDLE': { env: { REQUESTS_CA_BUNDLE: '' } },
    'SSL_CERT_FILE without our CA': { python: ownPython, env: { SSL_CERT_FILE: otherBundle(folder, good.bundle) } },
    'scheme, account and token': { connection: { host: `https://${host}/api`, login: 'acme', password: '' } },
    'no port': { connection: { host: 'localhost', port: 8443 } },
    'plain http': { connection: { host: `localhost:${plainPort}` } },
    'wrong name': { connection: { host: `127.0.0.2:${String(host).split(':')[1]}` } },
    'wrong token': { connection: { password: 'dbtc_not-this-one' } },
    'token of one letter': { connection: { password: 'x' } },
    'other connection, small token': {
      args: ['--conn-id', 'other'],
      env: { AIRFLOW_CONN_OTHER: JSON.stringify({ ...good.connection, conn_type: 'http', password: readingToken }) },
    },
    'other account': { connection: { login: '77' } },
    'not defined': { args: ['--conn-id', 'nobody'] },
    unreadable: { env: { AIRFLOW_CONN_DBT_CLOUD_DEFAULT: '{"password": "hunter2", ' } },
    'old provider': { python: ownPython, env: { PYTHONPATH: oldProvider(folder) } },
    'no provider': { python: pythonWithoutProvider(folder) },
    'no Airflow': { python: 'python3', env: { PYTHONNOUSERSITE: '1' } },
    'no Python': { python: path.join(folder, 'no-such-python') },
  } satisfies Record<string, Case>
}

test('all is well in an environment as "stratus env" makes it', () => {
  expectOutput('none', 0, [
    /^ok {4}Airflow: \d+\.\d+\.\d+, .*python/m,
    /^ok {4}provider: apache-airflow-providers-dbt-cloud \d/m,
    /^ok {4}call of an operator \(requests\): account 1 answered$/m,
    /^ok {4}call of the triggerer \(aiohttp\): answered$/m,
    /^ok {4}token: may read and start runs \(Stratus \d/m,
    /^All is well\.$/m,
  ])
})

test('each CA variable is named when it is the one that is wrong', () => {
  expectOutput('no REQUESTS_CA_BUNDLE', 1, [
    /^fail {2}REQUESTS_CA_BUNDLE: not set.*\n {6}→ Set REQUESTS_CA_BUNDLE .*stratus env/m,
    /^ok {4}call of the triggerer/m,
  ])
  expectOutput('SSL_CERT_FILE without our CA', 1, [
    /^ok {4}call of an operator/m,
    /^fail {2}SSL_CERT_FILE: names .*, which does not have the authority/m,
  ])
})

test('wrong fields are told together, each with what it should be', () => {
  expectOutput('scheme, account and token', 1, [
    /^fail {2}connection: host: 'https:\/\/localhost:\d+\/api' has a scheme.*\n {6}→ localhost:\d+$/m,
    /^fail {2}connection: login: 'acme' is no account id: it must be a number/m,
    /^fail {2}connection: password: the token is empty/m,
  ])
})

test('an address where no TLS is spoken, or nothing at all', () => {
  expectOutput('no port', 1, [
    /^fail {2}connection: host: localhost:443 .*\n.*the field Port, 8443, is not read.*localhost:8443/m,
  ])
  expectOutput('plain http', 1, [/^fail {2}connection: host: localhost:\d+ speaks no TLS .*plain http/m])
  expectOutput('wrong name', 1, [/^fail {2}connection: host: the certificate is for other names/m])
})

test('a token that is wrong, of another account, or may only read', () => {
  expectOutput('wrong token', 1, [/^fail {2}connection: password: the token is not accepted \(401/m])
  expectOutput('token of one letter', 1, [/^fail {2}connection: password: .*\n {6}→ .*expired/m])
  expectOutput('other connection, small token', 1, [
    /^warn {2}connection: type: 'http'/m,
    /^fail {2}connection: password: the token's permissions are too small \(403: .*runs:trigger.*\n {6}→ .*job_admin/m,
  ])
  expectOutput('other account', 1, [/^fail {2}connection: login: account 77 is not this token's \(404/m])
})

test('a connection that is not there or cannot be read', () => {
  expectOutput('not defined', 1, [/^fail {2}connection: nobody is not defined, neither as AIRFLOW_CONN_NOBODY/m])
  expectOutput('unreadable', 1, [/^fail {2}connection: AIRFLOW_CONN_DBT_CLOUD_DEFAULT cannot be read/m])
})

test('a provider that is too old or missing, no Airflow, no Python', () => {
  expectOutput('old provider', 1, [/^fail {2}provider: 2\.3\.0 makes <host>\.getdbt\.com.*\n {6}→ 2\.3\.1 or newer/m])
  expectOutput('no provider', 1, [/^fail {2}provider: .* is not installed for .*\n {6}→ .*pip install/m])
  expectOutput('no Airflow', 1, [/^fail {2}Airflow: not installed for .*python3.*\n {6}→ .*--python/m])
  expectOutput('no Python', 1, [/^fail {2}Python: .*no-such-python was not found/m])
})

test('nothing that was tried has started a run or shown a token', async () => {
  const { data } = await server.api.get('/runs/')
  expect(data.data).toEqual([])
  const told = Object.values(results)
    .map(({ output }) => output)
    .join('\n')
  for (const secret of [String(good.connection.password), 'dbtc_not-this-one', 'hunter2'])
    expect(told).not.toContain(secret)
})

function expectOutput(name: string, code: number, lines: readonly RegExp[]): void {
  const result = results[name]
  for (const line of lines) expect(result?.output).toMatch(line)
  expect(result?.code).toBe(code)
}

async function runAll(cases: Readonly<Record<string, Case>>, python: string): Promise<Record<string, CliResult>> {
  const waiting = Object.entries(cases)
  const done: Record<string, CliResult> = {}
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) done[next[0]] = await examine({ python, ...next[1] })
  }
  await Promise.all([lane(), lane()])
  return done
}

function examine({ env, connection, args = [], python }: Case & { python: string }): Promise<CliResult> {
  return runCli(['doctor', '--airflow', '--python', python, ...args], {
    env: { ...environmentWith({ ...good.connection, ...connection }), ...env },
  })
}

function environmentWith(connection: object): Record<string, string> {
  return {
    AIRFLOW_HOME: mkdtempSync(path.join(folder, 'airflow-')),
    AIRFLOW__CORE__LOAD_EXAMPLES: 'False',
    AIRFLOW_CONN_DBT_CLOUD_DEFAULT: JSON.stringify(connection),
    REQUESTS_CA_BUNDLE: good.bundle,
    SSL_CERT_FILE: good.bundle,
    CURL_CA_BUNDLE: '',
    NO_PROXY: '*',
  }
}
