import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
    'coffee:\n  target: dev\n  outputs:\n    dev: { type: duckdb, path: x.db }\n',
  )
  writeFileSync(path.join(folder, 'stratus.yml'), document())
  writeFileSync(path.join(folder, 'events'), '')
  env = {
    ...coffee.env,
    ...{ NO_COLOR: '', FORCE_COLOR: '' },
    ...{ SLOW_DBT_LOG: path.join(folder, 'events'), SLOW_DBT_SECONDS: '60' },
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
      'Talking',
      'bin/dbt-talks',
      '{ id: 10, name: Build, execute_steps: [dbt build], schedule: { cron: "0 6 * * *" }, triggers: { schedule: true } },' +
        ' { id: 11, name: Fails, execute_steps: [dbt build --fail-fast] }, { id: 12, name: Never, execute_steps: [dbt build] }',
    ) +
    environment('Slow', 'slow-dbt/dbt', '{ id: 30, name: Slow, execute_steps: [dbt build] }') +
    '      - name: Pretended\n        engine: simulated\n        simulation:\n' +
    '          { time_scale: 0, fail_first: 1, nodes: [{ select: orders, outcome: error, message: disk full }] }\n' +
    '        jobs: [{ id: 40, name: Recovers, execute_steps: [dbt build] }]\n'
  )
}

const cli = (args: string[], more: Record<string, string> = {}): Promise<CliResult> =>
  runCli(args, { env: { ...env, ...more }, cwd: folder })

async function started(job: string): Promise<string> {
  const { output } = await cli(['run', job, '--detach'])
  return output.split('\n')[0] ?? ''
}

const isRunning = (id: string) => readFileSync(env.SLOW_DBT_LOG ?? '', 'utf8').includes(`started ${id}\n`)

test('what a program writes for a terminal reaches none but as colours', async () => {
  const bell = '\\u001b]0;owned\\u0007title and \\u001b[2Jclear'
  const plain = await cli(['run', 'Build'])
  expect(plain.output).toContain(`  ${bell}\n  painted\n`)
  expect(plain.output).not.toContain('\u001b')
  expect(plain.output).toMatch(/Run \d+ succeeded with 1 warning\.\n$/)
  const coloured = await cli(['run', 'Build'], { FORCE_COLOR: '1' })
  expect(coloured.output).toContain(`  ${bell}\n  \u001b[36mpainted\u001b[0m\n`)
  expect(coloured.output).toContain('[\u001b[32mOK in 0.01s\u001b[39m]')
  expect(coloured.output).not.toContain('\u001b]')
  expect((await cli(['logs', 'Build'], { FORCE_COLOR: '1', NO_COLOR: '1' })).output).toContain('\u001b[36mpainted')
  expect((await cli(['logs', 'Build'], { NO_COLOR: '1' })).output).not.toContain('\u001b')
})

test('runs lists by job, environment, project and status, newest first', async () => {
  expect((await cli(['runs', '--job', 'Never'])).output).toBe('No runs.\n')
  expect((await cli(['run', 'Fails', '--cause', 'a\u001b[2J cause'])).code).toBe(1)
  const failed = await cli(['runs', '--job', 'fails', '--environment', 'Talking', '--project', 'Coffee'])
  expect(failed.output).toMatch(/^RUN +JOB +ENVIRONMENT +STATUS +QUEUED AT +TOOK +CAUSE\n/)
  expect(failed.output).toMatch(
    /\n\d+ +Fails +Talking +Error +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +[\d.]+s +a\\u001b\[2J cause\n$/,
  )
  expect((await cli(['runs', '--job', 'Fails', '--status', 'queued', '--status', 'success'])).output).toBe('No runs.\n')
  const { output } = await cli(['runs', '--json', '--limit', '2', '--status', 'error', '--status', 'success'])
  const [last, before, ...others] = JSON.parse(output)
  expect(others).toEqual([])
  expect(last).toMatchObject({ status: 20, job: { name: 'Fails' }, is_error: true })
  expect(last.id).toBeGreaterThan(before.id)
})

test.each([
  [
    ['runs', '--status', 'fine'],
    '--status: got "fine", expected one of queued, starting, running, success, error, cancelled.',
    1,
  ],
  [['runs', '--environment', 'Nowhere'], 'There is no environment "Nowhere". The server has:\n', 1],
  [['show', 'Never'], 'Job Never has not run yet: stratus run 12', 1],
  [['show', '99999'], 'There is no run 99999', 1],
  [['cancel', 'Never'], 'No run of job Never is queued or running.', 1],
  [['logs', '99999'], 'There is no run 99999', 2],
  [['logs', 'Build', '--step', '99'], 'has no step 99. It has:\n  1  ', 2],
  [['retry', 'nothing'], 'There is no job "nothing". The server has:\n', 2],
  [['artifacts', 'Build', 'no/such.json'], 'has no such artifact.', 1],
  [['run', '99'], 'stratus: There is no job 99 in account 1.\n', 2],
])('%j says what is wrong', async (args, message, code) => {
  const result = await cli(args)
  expect(result.output).toContain(message)
  expect(result.code).toBe(code)
})

test('what a token lacks is told', async () => {
  const { output: token } = await cli(['token', 'create', '--permission', 'job_viewer', '--name', 'reader'])
  const reader = { STRATUS_TOKEN: token.split('\n')[0] ?? '' }
  expect((await cli(['run', 'Build'], reader)).output).toContain('This token lacks the permission runs:trigger.')
})

test('show tells a run with its steps and why it failed', async () => {
  const id = (await cli(['runs', '--job', 'Fails', '--json'])).output
  const [run] = JSON.parse(id)
  const { code, output } = await cli(['show', 'Fails'])
  expect(code).toBe(0)
  expect(output).toMatch(new RegExp(`^Run +${run.id}\n`))
  expect(output).toMatch(/\nJob +Fails \(job 11\)\n/)
  expect(output).toMatch(/\nStatus +Error\n/)
  expect(output).toMatch(/\n\d {2}✖ Invoke dbt with `dbt build --fail-fast` \([\d.]+s\)\n/)
  expect(output).toContain(run.status_message)
  expect(output).toMatch(/\nRetry +no: the failed step left no run_results\.json\.\n/)
  expect((await cli(['show', 'Build'])).output).not.toContain('Retry')
  expect(JSON.parse((await cli(['show', String(run.id), '--json'])).output)).toMatchObject({
    id: run.id,
    run_steps: expect.any(Array),
  })
})

test('logs prints all steps with their names, or the log of one and nothing else, or dbt’s debug log', async () => {
  const all = await cli(['logs', 'Build'])
  expect(all.output).toMatch(/^==> 1 {2}.+\n/)
  expect(all.output).toMatch(/\n==> \d {2}Invoke dbt with `dbt build`\n/)
  const step = /==> (\d) {2}Invoke dbt with `dbt build`/.exec(all.output)?.[1] ?? ''
  const one = await cli(['logs', 'Build', '--step', step])
  expect(one.output).toContain('painted\n')
  expect(one.output).not.toContain('==>')
  expect((await cli(['logs', 'Build', '--step', step, '--debug'])).output).toContain('a line of the debug log\n')
})

test('logs --follow goes on until the run ends, with its exit code; Ctrl-C leaves it running', async () => {
  expect((await cli(['logs', 'Build', '--follow'])).code).toBe(0)
  expect((await cli(['logs', 'Fails', '--follow'])).code).toBe(1)
  const id = await started('Slow')
  await eventually('dbt is running', () => isRunning(id))
  const { child, output } = spawnStratus(['logs', 'Slow', '--follow'], { env, cwd: folder })
  await eventually('the step is shown', () => output().includes('Invoke dbt with'))
  child.kill('SIGINT')
  await once(child, 'close')
  expect(child.exitCode).toBe(1)
  expect((await server.api.get(`/runs/${id}/`)).data.data.status).toBe(3)

  const followed = spawnStratus(['logs', id, '--follow'], { env, cwd: folder })
  await eventually('it is followed', () => followed.output().includes('Invoke dbt with'))
  expect((await cli(['cancel', 'Slow'])).output).toBe(`Run ${id} of job Slow is cancelled.\n`)
  await once(followed.child, 'close')
  expect(followed.output()).toContain(`Run ${id} was cancelled`)
  const [built] = JSON.parse((await cli(['runs', '--job', 'Build', '--json'])).output)
  expect((await cli(['cancel', String(built.id)])).output).toBe(`Run ${built.id} of job Build had ended: Success.\n`)
})

test('of several runs that have not ended, the ids are listed', async () => {
  const first = await started('Slow')
  const second = await started('Slow')
  const { code, output } = await cli(['cancel', 'Slow'])
  expect(code).toBe(1)
  expect(output).toContain(`2 runs of job Slow have not ended. Give the id of one:\n  ${second}  Queued\n  ${first}  `)
  expect((await cli(['cancel', second, first])).code).toBe(0)
})

test('retry resumes a failed run, follows it, and ends as it does; what cannot be resumed is refused', async () => {
  expect((await cli(['run', 'Recovers'])).code).toBe(1)
  const { code, output } = await cli(['retry', 'Recovers'])
  expect(output).toMatch(/^Run \d+ of job Recovers: https:/)
  expect(output).toMatch(/Run \d+ succeeded/)
  expect(code).toBe(0)
  const refused = await cli(['retry', 'Recovers'])
  expect(refused.output).toMatch(/^stratus: Run \d+ cannot be retried/)
  expect(refused.code).toBe(2)
})

test('show names the nodes that failed, since when, and the slowest ones', async () => {
  const failed = await cli(['runs', '--job', 'Recovers', '--status', 'error', '--json'])
  const id = String(JSON.parse(failed.output).at(-1).id)
  const { output } = await cli(['show', id])
  expect(output).toMatch(/\nNodes +\d+ succeeded, 1 failed, \d+ skipped\n/)
  expect(output).toMatch(/\nFailed:\n {2}model orders \(models\/[\w/]+\.sql\): Database Error.*disk full\n/)
  expect(output).toMatch(new RegExp(`\n    fails since run ${id}, in 1 run · \\d+ skipped after it\n`))
  expect(output).toMatch(/\nSlowest:\n {2}\w+ +[\d.]+s\n/)
  expect(JSON.parse((await cli(['show', id, '--json'])).output)).toMatchObject({
    overview: { counts: { error: 1 }, failure: { nodes: [{ name: 'orders' }] } },
    slowest_nodes: expect.arrayContaining([expect.objectContaining({ seconds: expect.any(Number) })]),
  })
})

test('artifacts are listed, printed and saved whole', async () => {
  const listed = await cli(['artifacts', 'Build'])
  expect(listed.output).toBe('compiled/a/model.sql\nmanifest.json\n')
  expect(JSON.parse((await cli(['artifacts', 'Build', '--json'])).output)).toEqual([
    'compiled/a/model.sql',
    'manifest.json',
  ])
  expect((await cli(['artifacts', 'Build', 'compiled/a/model.sql'])).output).toBe('select 1\n')
  const saved = await cli(['artifacts', 'Build', 'manifest.json', '-o', 'saved.json'])
  expect(saved.output).toBe('Wrote saved.json.\n')
  expect(readFileSync(path.join(folder, 'saved.json'), 'utf8')).toBe('{"nodes": {}}\n')
  const lost = await cli(['artifacts', 'Build', 'manifest.json', '-o', 'no/such/folder.json'])
  expect([lost.code, lost.output]).toEqual([1, expect.stringContaining('Cannot write no/such/folder.json (ENOENT)')])
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
})

test('jobs lists what there is, with schedules and last runs', async () => {
  const { output } = await cli(['jobs'])
  expect(output).toMatch(/^JOB +NAME +PROJECT +ENVIRONMENT +SCHEDULE \(UTC\) +LAST RUN\n/)
  expect(output).toMatch(/\n10 +Build +Coffee +Talking +At 06:00 +\d+ +Success\n/)
  expect(output).toMatch(/\n12 +Never +Coffee +Talking +– +–\n/)
  const slow = await cli(['jobs', '--environment', 'Slow', '--json'])
  expect(JSON.parse(slow.output)).toMatchObject([{ id: 30, name: 'Slow' }])
})
