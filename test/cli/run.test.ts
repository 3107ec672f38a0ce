import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createCoffeeProject } from '../support/coffee-project.ts'
import { eventually } from '../support/eventually.ts'
import { type CliResult, runCli } from '../support/run-cli.ts'
import { type StratusProcess, spawnStratus, startStratus } from '../support/stratus-process.ts'

const fixtures = path.resolve(import.meta.dirname, '../fixtures')

let folder: string
let env: Record<string, string>
let server: StratusProcess

beforeAll(async () => {
  const coffee = createCoffeeProject()
  folder = coffee.folder
  writeFileSync(
    path.join(coffee.project, 'profiles.yml'),
    'coffee:\n  target: dev\n  outputs:\n    dev: { type: duckdb, path: x.db }\n    prod: { type: duckdb, path: y.db }\n',
  )
  writeFileSync(path.join(folder, 'stratus.yml'), document())
  const log = path.join(folder, 'events')
  writeFileSync(log, '')
  env = {
    ...coffee.env,
    ...{ SLOW_DBT_LOG: log, SLOW_DBT_SECONDS: '60' },
  }
  server = await startStratus(['dev', folder], { env })
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

function document(): string {
  const environment = (name: string, program: string, jobs: string) =>
    `      - { name: ${name}, dbt: { command: ${path.join(fixtures, program)} }, jobs: [${jobs}] }\n`
  return (
    'projects:\n  - name: Coffee\n    path: ./coffee\n    environments:\n' +
    environment(
      'Good',
      'bin/dbt-succeeds',
      '{ id: 10, name: Build, execute_steps: [dbt build] }, { id: 11, name: Twin, execute_steps: [dbt run] }',
    ) +
    environment(
      'Bad',
      'bin/dbt-fails',
      '{ id: 20, name: Broken, execute_steps: [dbt build] }, { id: 21, name: Twin, execute_steps: [dbt run] }',
    ) +
    environment('Slow', 'slow-dbt/dbt', '{ id: 30, name: Slow, execute_steps: [dbt build] }')
  )
}

const run = (...args: string[]): Promise<CliResult> => runCli(['run', ...args], { env, cwd: folder })

test('a job is run by name, followed step by step with its log, and ends with 0', async () => {
  const { code, output } = await run('build')
  expect(output).toMatch(/^Run \d+ of job Build: https:\/\/localhost:\d+\/deploy\/1\/projects\/1\/runs\/\d+\/\n/)
  expect(output).toContain('✔ Invoke dbt with `dbt build` (')
  expect(output).toContain('  arg: build')
  expect(output).toMatch(/Run \d+ succeeded\.\n$/)
  expect(code).toBe(0)
})

test('steps and overrides of the command line reach the run', async () => {
  const { code, output } = await run(
    ...['--step', 'dbt run --select orders+', '--step', 'dbt test'],
    '10',
    ...['--threads', '7', '--target', 'prod'],
  )
  expect(code).toBe(0)
  expect(output).toContain('✔ Invoke dbt with `dbt run --select orders+` (')
  expect(output).toContain('✔ Invoke dbt with `dbt test` (')
  expect(output).not.toContain('`dbt build`')
  const { data } = await server.api.get('/runs/', { params: { order_by: '-id', limit: 1, include_related: 'trigger' } })
  expect(data.data[0].trigger).toMatchObject({
    threads_override: 7,
    target_name_override: 'prod',
    cause: 'Started with stratus run',
  })
})

test('a run that fails ends with 1 and says why', async () => {
  const { code, output } = await run('Broken')
  expect(code).toBe(1)
  expect(output).toContain('✖ Invoke dbt with `dbt build` (')
  expect(output).toMatch(/Run \d+ failed: .+\n$/)
})

test.each([
  [['nothing'], 'There is no job "nothing". The server has:\n  10  Build'],
  [
    ['Twin'],
    '2 jobs are called "Twin". Give the id of one:\n  11  Twin (project 1, environment 1)\n  21  Twin (project 1, environment 2)\n',
  ],
  [['999'], 'There is no job 999 in account 1.'],
  [['Build', '--threads', 'many'], '--threads: got "many", expected a whole number above 0.'],
  [['Build', '--nope'], "unknown option '--nope'"],
  [[], "missing required argument 'JOB'"],
])('what cannot be run ends with 2: %j', async (args, message) => {
  const { code, output } = await run(...args)
  expect(output).toContain(message)
  expect(code).toBe(2)
})

test('--detach prints the run’s id and does not wait', async () => {
  const { child, output } = spawnStratus(['run', 'Slow', '--detach'], { env, cwd: folder })
  let id = ''
  child.stdout?.on('data', (chunk) => {
    id += chunk
  })
  await once(child, 'close')
  expect([child.exitCode, id]).toEqual([0, expect.stringMatching(/^\d+\n$/)])
  expect(output()).toContain('of job Slow: https://')
  expect((await server.api.post(`/runs/${id.trim()}/cancel/`)).data.data.status).toBe(30)
})

test('Ctrl-C cancels the run, waits until its dbt has ended, and ends with 1', async () => {
  const { child, output } = spawnStratus(['run', 'Slow'], { env, cwd: folder })
  const runId = await eventually('dbt is running', async () => {
    const started = /Run (\d+) of job/.exec(output())?.[1]
    return events().some((event) => event === `started ${started}`) && started
  })
  child.kill('SIGINT')
  await once(child, 'close')
  expect(child.exitCode).toBe(1)
  expect(output()).toContain('Cancelling the run. Press Ctrl-C again to leave it.')
  expect(output()).toMatch(/Run \d+ was cancelled/)
  expect(events()).toContain(`interrupted ${runId}`)
})

function events(): string[] {
  const lines = readFileSync(env.SLOW_DBT_LOG ?? '', 'utf8').split('\n')
  return lines.map((line) => line.split(' ').slice(0, 2).join(' '))
}
