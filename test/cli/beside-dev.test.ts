import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createCoffeeProject } from '../support/coffee-project.ts'
import { runCli } from '../support/run-cli.ts'
import { type StratusProcess, startStratus } from '../support/stratus-process.ts'

const { folder, project, env } = createCoffeeProject()
const inProject = { env, cwd: project }

let coffee: StratusProcess
let tea: StratusProcess | undefined

beforeAll(async () => {
  coffee = await startStratus(['dev', project], { env })
})
afterAll(async () => {
  await Promise.all([coffee?.stop(), tea?.stop()])
  rmSync(folder, { recursive: true, force: true })
})

test('a second dev on one folder says who holds it', async () => {
  const second = await runCli(['dev', project, '--port', '0'], { env })
  expect(second.code).toBe(1)
  expect(second.output).toMatch(new RegExp(`^stratus: The data folder .* is in use .*process ${coffee.ready.pid}.*\n$`))
})

test('env prints what a shell can evaluate; below the project’s folder too', async () => {
  const { ready } = coffee
  mkdirSync(path.join(project, 'models'))
  const { code, output } = await runCli(['env'], { env, cwd: path.join(project, 'models') })
  expect(code).toBe(0)
  expect(output).toContain(
    `export AIRFLOW_CONN_DBT_CLOUD_DEFAULT='{"conn_type": "dbt_cloud", "host": "${new URL(ready.url).host}"`,
  )
  expect(output).toContain('export REQUESTS_CA_BUNDLE=')
  expect(output).toContain('export SSL_CERT_FILE=')
})

test('from another folder the only running server is used, and said; of several one is chosen', async () => {
  const { ready } = coffee
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
  tea = await startStratus(['dev', second, '--data-dir', data], { env })
  const lost = await runCli(['jobs'], elsewhere)
  expect(lost.code).toBe(1)
  expect(lost.output).toContain('2 servers are running')
  expect(lost.output).toContain(`  --data-dir ${data}   ${second}, ${tea.ready.url}\n`)
  expect((await runCli(['jobs', '--data-dir', data], elsewhere)).output).toMatch(/Build +tea/)
  // Its own folder needs no choice, wherever its data is.
  expect((await runCli(['jobs'], { env, cwd: second })).output).toMatch(/Build +tea/)
  expect((await runCli(['jobs'], inProject)).output).toMatch(/Build +coffee/)

  await tea.stop('SIGKILL')
  expect((await runCli(['jobs'], elsewhere)).output).toMatch(/Build +coffee/)
  expect(readdirSync(path.join(env.XDG_DATA_HOME ?? '', 'stratus', 'running'))).toHaveLength(1)
})

test('apply shows its plan, changes nothing in a dry run, and then exactly that', async () => {
  const file = path.join(project, 'jobs.yml')
  const jobs = '{ id: 1, name: Build, execute_steps: [dbt build] }, { name: Nightly, execute_steps: [dbt run] }'
  writeFileSync(
    file,
    `projects:\n  - id: 1\n    name: coffee\n    path: .\n    environments:\n      - { id: 1, name: Production, deployment_type: production, jobs: [${jobs}] }\n`,
  )
  const dry = await runCli(['apply', '-f', 'jobs.yml', '--dry-run'], inProject)
  expect(dry.output).toContain('+ job coffee › Production › Nightly\n    execute_steps: ["dbt run"]')
  expect(dry.output).toContain('Would create 1, update 0, delete 0;')
  expect((await runCli(['apply', '-f', 'jobs.yml'], inProject)).output).toContain('Created 1, updated 0, deleted 0;')
  expect((await runCli(['apply', '-f', 'jobs.yml'], inProject)).output).toMatch(
    /^Created 0, updated 0, deleted 0; \d+ unchanged\.\n$/,
  )

  writeFileSync(file, `projects:\n  - id: 1\n    name: coffee\n    path: /elsewhere\n`)
  const refused = await runCli(['apply', '-f', 'jobs.yml'], inProject)
  expect(refused.code).toBe(1)
  expect(refused.output).toMatch(/jobs\.yml:4:\d+: .*\/elsewhere/)
})

test('ca prints the authority and its files, and renews the certificate under the same authority', async () => {
  const { ready } = coffee
  const authority = readFileSync(ready.ca_file, 'utf8')
  expect((await runCli(['ca'], inProject)).output).toBe(authority)
  expect((await runCli(['ca', 'paths'], inProject)).output).toContain(ready.ca_file)
  const serverFile = path.join(path.dirname(ready.ca_file), 'server.pem')
  const before = readFileSync(serverFile, 'utf8')
  expect((await runCli(['ca', 'renew'], inProject)).output).toContain('There is a new certificate.')
  expect(readFileSync(serverFile, 'utf8')).not.toBe(before)
  expect(readFileSync(ready.ca_file, 'utf8')).toBe(authority)
})
