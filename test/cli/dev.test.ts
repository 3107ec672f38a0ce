import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:https'
import net from 'node:net'
import path from 'node:path'
import axios from 'axios'
import { readyFile } from '../../src/client/ready-file.ts'
import { createCoffeeProject } from '../support/coffee-project.ts'
import { eventually } from '../support/eventually.ts'
import { runCli } from '../support/run-cli.ts'
import { type StratusProcess, spawnStratus, startStratus } from '../support/stratus-process.ts'

let folder: string
let project: string
let env: Record<string, string>
let running: StratusProcess[]

beforeEach(() => {
  ;({ folder, project, env } = createCoffeeProject())
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

test('commands that find no server say how to get one', async () => {
  for (const command of [['env'], ['run', 'Build'], ['token', 'list']]) {
    const { code, output } = await runCli(command, inProject())
    expect(code).toBe(command[0] === 'run' ? 2 : 1)
    expect(output).toMatch(/^stratus: No server is running for .*"stratus dev".*--url.*\n$/)
  }
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
  expect(second.output()).toMatch(
    /Schedules fire here \(--no-schedules: none\):\n {2}job \d+ {2}Old \(\* \* \* \* \* UTC\)/,
  )
}, 90_000)

test('a server whose database is removed says so once, and ends', async () => {
  const server = await startDev()
  const database = path.join(path.dirname(path.dirname(server.ready.ca_file)), 'database')
  rmSync(database, { recursive: true })
  await once(server.child, 'exit')
  expect(server.child.exitCode).toBe(1)
  const said = `The embedded database had to stop: its folder ${path.join(database, 'postgres')} is gone.`
  expect(server.output().split(said)).toHaveLength(2)
})
