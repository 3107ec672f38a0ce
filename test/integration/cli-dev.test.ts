import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:https'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import axios from 'axios'
import { readyFile } from '../../src/client/ready-file.ts'
import { eventually } from '../support/eventually.ts'
import { runCli } from '../support/run-cli.ts'
import { type StratusProcess, spawnStratus, startStratus } from '../support/stratus-process.ts'

let folder: string
let project: string
let env: Record<string, string>
let running: StratusProcess[]

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'stratus-cli-dev-'))
  project = path.join(folder, 'coffee')
  mkdirSync(project)
  writeFileSync(path.join(project, 'dbt_project.yml'), 'name: coffee\nversion: "1"\nprofile: coffee\n')
  env = { XDG_DATA_HOME: path.join(folder, 'share'), DATABASE_URL: '', STRATUS_DATA_DIR: '', STRATUS_URL: '' }
  running = []
})
afterEach(async () => {
  await Promise.all(running.map((server) => server.stop()))
  rmSync(folder, { recursive: true, force: true })
})

async function startDev(args: string[] = []): Promise<StratusProcess> {
  const server = await startStratus(['dev', project, ...args], { env })
  running.push(server)
  return server
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}

const inProject = () => ({ env, cwd: project })

test('dev on a bare dbt project serves one job over TLS, and says so in a ready file that goes when it stops', async () => {
  const file = path.join(folder, 'ready', 'ready.json')
  const { child, output } = spawnStratus(['dev', project, '--port', '0', '--ready-file', file], { env })
  await eventually('the ready file', () => existsSync(file), 30_000)
  const content = readJson(file)
  const ready = readyFile.parse(content)
  expect(Object.keys(readyFile.strict().parse(content))).toEqual([
    ...['url', 'port', 'pid', 'account_id', 'token', 'ca_file', 'ca_bundle_file', 'airflow_connection', 'projects'],
  ])
  expect(ready).toMatchObject({
    url: `https://localhost:${ready.port}`,
    pid: child.pid,
    account_id: 1,
    projects: [
      { id: 1, name: 'coffee', environments: [{ id: 1, name: 'Production', jobs: [{ id: 1, name: 'Build' }] }] },
    ],
  })
  const connection = JSON.parse(ready.airflow_connection)
  expect(connection).toMatchObject({ conn_type: 'dbt_cloud', host: `localhost:${ready.port}`, login: '1' })
  expect(connection.password).not.toBe(ready.token)
  expect(statSync(file).mode & 0o777).toBe(0o600)

  const dataDir = path.dirname(path.dirname(ready.ca_file ?? ''))
  expect(path.dirname(dataDir)).toBe(path.join(folder, 'share', 'stratus'))
  expect(readJson(path.join(dataDir, 'ready.json'))).toEqual(content)
  expect(statSync(path.join(dataDir, 'tokens.json')).mode & 0o777).toBe(0o600)

  const httpsAgent = new Agent({ ca: readFileSync(ready.ca_file ?? '') })
  const jobs = `${ready.url}/api/v2/accounts/1/jobs/`
  for (const token of [ready.token, connection.password]) {
    const { data } = await axios.get(jobs, { httpsAgent, headers: { Authorization: `Token ${token}` } })
    expect(data.data).toMatchObject([{ id: 1, name: 'Build', execute_steps: ['dbt build'] }])
  }
  await eventually('what dev prints', () => output().includes('AIRFLOW_CONN_DBT_CLOUD_DEFAULT'))
  expect(output()).toContain(`Stratus is ready at ${ready.url}`)
  expect(output()).toContain(`export REQUESTS_CA_BUNDLE=${ready.ca_bundle_file}`)
  expect(output()).toContain(`export SSL_CERT_FILE=${ready.ca_bundle_file}`)

  child.kill('SIGINT')
  await once(child, 'close')
  expect(child.exitCode).toBe(0)
  expect(existsSync(file)).toBe(false)
  expect(existsSync(path.join(dataDir, 'ready.json'))).toBe(false)
})

test('a second start keeps tokens, certificates and ids; a revoked token is replaced', async () => {
  const first = await startDev()
  const ca = readFileSync(first.ready.ca_file, 'utf8')
  const listed = await runCli(['token', 'list'], inProject())
  expect(listed.output).toMatch(/1 +stratus dev +account_admin/)
  await runCli(['token', 'revoke', '2'], inProject())
  await first.stop()

  const second = await startDev()
  expect(second.ready.token).toBe(first.ready.token)
  expect(readFileSync(second.ready.ca_file, 'utf8')).toBe(ca)
  const again = await runCli(['token', 'list'], inProject())
  expect(again.output).toMatch(/3 +Airflow +job_admin/)
})

test('a second dev on one folder says who holds it', async () => {
  const first = await startDev()
  const second = await runCli(['dev', project, '--port', '0'], { env })
  expect(second.code).toBe(1)
  expect(second.output).toMatch(new RegExp(`^stratus: The data folder .* is in use .*process ${first.ready.pid}.*\n$`))
})

test('a taken port is one line with what to do', async () => {
  const holder = net.createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const address = holder.address()
  const port = typeof address === 'object' ? address?.port : 0
  const { code, output } = await runCli(['dev', project, '--port', String(port)], { env })
  holder.close()
  expect(code).toBe(1)
  expect(output).toBe(
    `stratus: Port ${port} on 127.0.0.1 is taken. Stop what listens there, or take any free one with --port 0.\n`,
  )
})

test('mistakes of stratus.yml are told all at once, with their lines, before anything is opened', async () => {
  writeFileSync(
    path.join(project, 'stratus.yml'),
    'projects:\n  - name: P\n    path: .\n    environmets: []\n  - path: .\n    environments:\n      - name: E\n        engine: nope\n',
  )
  const { code, output } = await runCli(['dev', project, '--port', '0'], { env })
  expect(code).toBe(1)
  expect(output).toContain('stratus.yml:4:')
  expect(output).toContain('environments')
  expect(output).toContain('stratus.yml:5:')
  expect(output).toContain('stratus.yml:8:')
  expect(existsSync(path.join(folder, 'share'))).toBe(false)
})

test('a folder without a dbt project is one line', async () => {
  const { code, output } = await runCli(['dev', folder], { env })
  expect(code).toBe(1)
  expect(output).toMatch(/^stratus: .*has neither a stratus\.yml nor a dbt_project\.yml.*\n$/)
})

test('env prints what a shell can evaluate; below the project’s folder too', async () => {
  const { ready } = await startDev()
  mkdirSync(path.join(project, 'models'))
  const { code, output } = await runCli(['env'], { env, cwd: path.join(project, 'models') })
  expect(code).toBe(0)
  expect(output).toContain(
    `export AIRFLOW_CONN_DBT_CLOUD_DEFAULT='{"conn_type": "dbt_cloud", "host": "${new URL(ready.url).host}"`,
  )
  expect(output).toContain('export REQUESTS_CA_BUNDLE=')
  expect(output).toContain('export SSL_CERT_FILE=')
})

test('commands that find no server say how to get one', async () => {
  for (const command of [['env'], ['run', 'Build'], ['token', 'list']]) {
    const { code, output } = await runCli(command, inProject())
    expect(code).toBe(command[0] === 'run' ? 2 : 1)
    expect(output).toMatch(/^stratus: No server is running for .*"stratus dev".*--url.*\n$/)
  }
})

test('from another folder the only running server is used, and said; of several one is chosen', async () => {
  const { ready } = await startDev()
  const elsewhere = { env, cwd: folder }
  const only = await runCli(['jobs'], elsewhere)
  expect(only.output).toMatch(
    new RegExp(`^Using ${ready.url}, the only server that is running \\(${project}\\)\\.\n`, 'm'),
  )
  expect(only.code).toBe(0)

  const second = path.join(folder, 'tea')
  mkdirSync(second)
  writeFileSync(path.join(second, 'dbt_project.yml'), 'name: tea\nversion: "1"\nprofile: tea\n')
  const data = path.join(folder, 'data of tea')
  const tea = await startStratus(['dev', second, '--data-dir', data], { env })
  running.push(tea)
  const lost = await runCli(['jobs'], elsewhere)
  expect(lost.code).toBe(1)
  expect(lost.output).toContain('2 servers are running')
  expect(lost.output).toContain(`  --data-dir ${data}   ${second}, ${tea.ready.url}\n`)
  expect((await runCli(['jobs', '--data-dir', data], elsewhere)).output).toMatch(/Build +tea/)
  // Its own folder needs no choice, wherever its data is.
  expect((await runCli(['jobs'], { env, cwd: second })).output).toMatch(/Build +tea/)
  expect((await runCli(['jobs'], inProject())).output).toMatch(/Build +coffee/)

  await tea.stop('SIGKILL')
  expect((await runCli(['jobs'], elsewhere)).output).toMatch(/Build +coffee/)
  expect(readdirSync(path.join(env.XDG_DATA_HOME ?? '', 'stratus', 'running'))).toHaveLength(1)
})

test('apply shows its plan, changes nothing in a dry run, and then exactly that', async () => {
  await startDev()
  const file = path.join(project, 'jobs.yml')
  const jobs = '{ id: 1, name: Build, execute_steps: [dbt build] }, { name: Nightly, execute_steps: [dbt run] }'
  writeFileSync(
    file,
    `projects:\n  - id: 1\n    name: coffee\n    path: .\n    environments:\n      - { id: 1, name: Production, deployment_type: production, jobs: [${jobs}] }\n`,
  )
  const dry = await runCli(['apply', '-f', 'jobs.yml', '--dry-run'], inProject())
  expect(dry.output).toContain('+ job coffee › Production › Nightly\n    execute_steps: ["dbt run"]')
  expect(dry.output).toContain('Would create 1, update 0, delete 0;')
  expect((await runCli(['apply', '-f', 'jobs.yml'], inProject())).output).toContain('Created 1, updated 0, deleted 0;')
  expect((await runCli(['apply', '-f', 'jobs.yml'], inProject())).output).toMatch(
    /^Created 0, updated 0, deleted 0; \d+ unchanged\.\n$/,
  )

  writeFileSync(file, `projects:\n  - id: 1\n    name: coffee\n    path: /elsewhere\n`)
  const refused = await runCli(['apply', '-f', 'jobs.yml'], inProject())
  expect(refused.code).toBe(1)
  expect(refused.output).toMatch(/jobs\.yml:4:\d+: .*\/elsewhere/)
})

test('ca prints the authority and its files, and renews the certificate under the same authority', async () => {
  const { ready } = await startDev()
  const authority = readFileSync(ready.ca_file, 'utf8')
  expect((await runCli(['ca'], inProject())).output).toBe(authority)
  expect((await runCli(['ca', 'paths'], inProject())).output).toContain(ready.ca_file)
  const serverFile = path.join(path.dirname(ready.ca_file), 'server.pem')
  const before = readFileSync(serverFile, 'utf8')
  expect((await runCli(['ca', 'renew'], inProject())).output).toContain('There is a new certificate.')
  expect(readFileSync(serverFile, 'utf8')).not.toBe(before)
  expect(readFileSync(ready.ca_file, 'utf8')).toBe(authority)
})

test('dev says which schedules fire and which jobs the file no longer has, and fires none when told', async () => {
  const file = path.join(project, 'stratus.yml')
  const job = (name: string) =>
    `{ name: ${name}, execute_steps: [dbt build], schedule: { cron: "* * * * *" }, triggers: { schedule: true } }`
  const documentOf = (jobs: string) =>
    `projects:\n  - name: coffee\n    path: .\n    environments:\n      - { name: E, jobs: [${jobs}, { name: Plain, execute_steps: [dbt build] }] }\n`
  writeFileSync(file, documentOf(job('Old')))
  const first = await startDev(['--no-schedules'])
  await eventually('what dev prints', () => first.output().includes('Stop: Ctrl-C'))
  expect(first.output()).toMatch(
    /Schedules that do not fire here, because of --no-schedules:\n {2}job \d+ {2}Old \(\* /,
  )
  expect(first.output()).not.toContain('not in the file')
  await first.stop()

  writeFileSync(file, documentOf(job('New')))
  const second = await startDev()
  await eventually('what dev prints', () => second.output().includes('Stop: Ctrl-C'))
  expect(second.output()).toMatch(/not in the file: job coffee › E › Old \(id \d+\), scheduled/)
  expect(second.output()).toMatch(/Schedules fire here, in UTC \(--no-schedules: none\):\n {2}job \d+ {2}Old/)
}, 90_000)
