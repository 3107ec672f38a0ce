import { execFileSync } from 'node:child_process'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import { inspect } from 'node:util'
import { createHarness, fixtureProgram, type Harness, neverStopped, planFor } from './support/engine-harness.ts'
import type { RecordingSink } from './support/recording-sink.ts'

function variablesIn(sink: RecordingSink): Record<string, string> {
  const lines = sink
    .step(4)
    .console.split('\n')
    .map((line) => /^(\w+)=(.*)$/.exec(line))
  return Object.fromEntries(lines.flatMap((match) => (match?.[1] === undefined ? [] : [[match[1], match[2] ?? '']])))
}

describe('what dbt is given', () => {
  let harness: Harness
  beforeAll(async () => {
    harness = await createHarness({ environment: { DBT_ENGINE_TARGET_PATH: '/elsewhere', DBT_LOG_PATH: '/elsewhere' } })
  })
  afterAll(() => harness[Symbol.asyncDispose]())

  test('folders of its own, structured logs and the variables of dbt Cloud', async () => {
    const project = await harness.project()
    const sink = harness.sink()
    const plan = planFor(project, fixtureProgram('dbt-succeeds'), {
      commands: [`dbt build --vars '{"day": "a b"}' -s x`],
      threads: 3,
      target: 'default',
      environmentVariables: { DBT_REGION: 'eu', DBT_TARGET_PATH: '/mine', DBT_CLOUD_JOB_ID: '99' },
      pullRequest: '12',
    })
    await harness.engine.execute(plan, sink, neverStopped())
    const workspace = path.join(harness.dataDir, 'runs', `${plan.runId}-1`)
    expect(variablesIn(sink)).toMatchObject({
      DBT_TARGET_PATH: path.join(workspace, 'target'),
      DBT_LOG_PATH: path.join(workspace, 'step-4/logs'),
      DBT_PROFILES_DIR: path.join(workspace, 'profiles'),
      DBT_PROJECT_DIR: project,
      DBT_LOG_FORMAT: 'json',
      DBT_REGION: 'eu',
      DBT_ENV: 'prod',
      DBT_CLOUD_JOB_ID: '3',
      DBT_CLOUD_ENVIRONMENT_TYPE: 'prod',
      DBT_CLOUD_RUN_REASON: 'a test',
      DBT_CLOUD_PR_ID: '12',
      DBT_ENV_CUSTOM_ENV_DBT_CLOUD_RUN_ID: String(plan.runId),
      HOME: path.join(harness.dataDir, 'home'),
      PWD: project,
    })
    expect(variablesIn(sink)).not.toHaveProperty('DBT_ENGINE_TARGET_PATH')
    // The profile has no target of that name: dbt finds its own by itself.
    expect(variablesIn(sink)).not.toHaveProperty('DBT_TARGET')
    expect(sink.step(4).console.match(/^arg: .*$/gm)).toEqual(
      ['build', '--threads', '3', '--vars', '{"day": "a b"}', '-s', 'x'].map((arg) => `arg: ${arg}`),
    )
    expect(sink.step(4).argv).toBe(`dbt build --threads 3 --vars '{"day": "a b"}' -s x`)
  })

  test("OpenLineage's names of the task that asked for the run, whatever the job's own variables say", async () => {
    const sink = harness.sink()
    const root = { namespace: 'airflow', job_name: 'nightly', run_id: '01a1fe8a' }
    const plan = planFor(await harness.project(), fixtureProgram('dbt-succeeds'), {
      environmentVariables: { OPENLINEAGE_PARENT_ID: 'a/b/c' },
      lineage: { parent: { namespace: 'airflow', job_name: 'nightly.run_job', run_id: '01a1fe8b' }, root },
    })
    await harness.engine.execute(plan, sink, neverStopped())
    expect(variablesIn(sink)).toMatchObject({
      OPENLINEAGE_PARENT_ID: 'airflow/nightly.run_job/01a1fe8b',
      OPENLINEAGE_ROOT_PARENT_ID: 'airflow/nightly/01a1fe8a',
    })
  })

  test('secrets, which are in no output, message or argument', async () => {
    const sink = harness.sink()
    const plan = planFor(await harness.project(), fixtureProgram('dbt-succeeds'), {
      commands: ['dbt build --vars topsecret', "dbt build 'topsecret"],
      environmentVariables: { DBT_ENV_SECRET_KEY: 'topsecret' },
      profile: {
        kind: 'connection',
        connection: { name: 'Warehouse', type: 'postgres', details: { host: 'db', port: 5432, schema: 'x' } },
        secrets: { password: 'pass word\nwith two lines' },
      },
    })
    const outcome = await harness.engine.execute(plan, sink, neverStopped())
    expect(sink.step(4).console).toContain('DBT_ENV_SECRET_KEY=*****\n')
    expect(sink.step(4).console).toContain('DBT_ENV_SECRET_STRATUS_PASSWORD=*****')
    expect(sink.step(4).argv).toBe('dbt build --vars *****')
    expect(sink.step(5).end?.message).toBe("The command `dbt build '*****` has an open quote (').")
    expect(JSON.stringify(outcome) + sink.everything).not.toMatch(/topsecret|pass word|two lines/)
  })

  test('secrets, which are not in an error of Stratus either', async () => {
    const sink = harness.sink()
    sink.refuse('stepFinished', new Error('insert of topsecret into https://me:hunter2@db failed'))
    const plan = planFor(await harness.project(), fixtureProgram('dbt-succeeds'), {
      environmentVariables: { DBT_ENV_SECRET_KEY: 'topsecret' },
    })
    const failure: unknown = await harness.engine.execute(plan, sink, neverStopped()).catch((error: unknown) => error)
    expect(failure).toMatchObject({ message: 'insert of ***** into https://*****@db failed' })
    expect(inspect(failure)).not.toMatch(/topsecret|hunter2/)
  })

  test('a profile made of a connection, readable by nobody else and gone after the run', async () => {
    const sink = harness.sink()
    const plan = planFor(await harness.project(), fixtureProgram('dbt-hangs'), {
      schema: 'pr_7',
      threads: 8,
      target: 'prod',
      profile: {
        kind: 'connection',
        connection: { name: 'Warehouse', type: 'postgres', details: { host: 'db', schema: 'analytics' } },
        secrets: { password: 'hunter2' },
      },
    })
    const abort = new AbortController()
    const done = harness.engine.execute(plan, sink, abort.signal)
    await sink.until(() => sink.step(4).console.includes('ready'))
    const file = path.join(harness.dataDir, 'runs', `${plan.runId}-1/profiles/profiles.yml`)
    expect(await readFile(file, 'utf8')).toBe(
      [
        '"tiny":',
        '  "target": "prod"',
        '  "outputs":',
        '    "prod":',
        '      "type": "postgres"',
        '      "host": "db"',
        '      "schema": "pr_7"',
        `      "password": "{{ env_var('DBT_ENV_SECRET_STRATUS_PASSWORD') }}"`,
        '      "threads": 8',
        '',
      ].join('\n'),
    )
    expect(execFileSync('ls', ['-l', file], { encoding: 'utf8' })).toMatch(/^-rw-------/)
    abort.abort('cancel')
    await done
    await expect(readFile(file)).rejects.toThrow('ENOENT')
  })
})

describe('the DuckDB file of a run', () => {
  const profiles = (file: string) => `tiny: {target: dev, outputs: {dev: {type: duckdb, path: "${file}"}}}`

  test.each([
    ['a relative path', 'x.duckdb', (project: string) => [path.join(project, 'x.duckdb')]],
    ['a variable', "{{ env_var('DUCK') }}/y.duckdb", (project: string) => [path.join(project, 'lake/y.duckdb')]],
    ['a path through a link', 'linked/z.duckdb', (project: string) => [path.join(project, 'lake/z.duckdb')]],
    ['memory', ':memory:', () => []],
    ['MotherDuck', 'md:lake', () => []],
  ])('is held for the run: %s', async (_name, file, expected) => {
    await using harness = await createHarness()
    const project = await harness.project({ 'profiles.yml': profiles(file) })
    await mkdir(path.join(project, 'lake'))
    await symlink('lake', path.join(project, 'linked'))
    const sink = harness.sink()
    const plan = planFor(project, fixtureProgram('dbt-succeeds'), { environmentVariables: { DUCK: 'lake' } })
    expect(await harness.engine.execute(plan, sink, neverStopped())).toEqual({ outcome: 'success' })
    expect(sink.held).toEqual(expected(project).map((held) => `duckdb:${hostname()}:${held}`))
  })

  test('of a target that only a command names is held, too', async () => {
    await using harness = await createHarness()
    const project = await harness.project({
      'profiles.yml': 'tiny: {target: a, outputs: {a: {type: duckdb, path: a.db}, b: {type: duckdb, path: b.db}}}',
    })
    const sink = harness.sink()
    const plan = planFor(project, fixtureProgram('dbt-succeeds'), { commands: ['dbt run', 'dbt test -t b'] })
    await harness.engine.execute(plan, sink, neverStopped())
    expect(sink.held.map((held) => path.basename(held))).toEqual(['a.db', 'b.db'])
  })
})

describe('a dbt of version 2', () => {
  async function dbt2(harness: Harness): Promise<string> {
    const venv = path.join(harness.folder, 'venv')
    await mkdir(path.join(venv, 'lib/python3.12/site-packages/dbt_core-2.0.0.dist-info'), { recursive: true })
    await mkdir(path.join(venv, 'bin'))
    await writeFile(path.join(venv, 'bin/dbt'), await readFile(fixtureProgram('dbt2')), { mode: 0o755 })
    return path.join(venv, 'bin/dbt')
  }

  test('is given none of the settings that it warns about, and its log is made readable', async () => {
    await using harness = await createHarness()
    const sink = harness.sink()
    const project = await harness.project({ '.env': 'X=1' })
    expect(await harness.engine.execute(planFor(project, await dbt2(harness)), sink, neverStopped())).toEqual({
      outcome: 'success',
    })
    expect(sink.step(4).console).not.toContain('is of no use')
    expect(sink.step(4).console).toContain(
      "Note: dbt 2 also reads variables from the file .env in the project's folder.\n",
    )
    expect(sink.step(4).debug).toMatch(/^\d\d:\d\d:\d\d\.\d{6} \[info \] \[main {6}\]: Running with dbt-core=2\.0\.0\n/)
    expect(sink.versions).toEqual(['2.0.0'])
  })

  test('that fails is explained by its results, and resumed with what it does not remember', async () => {
    await using harness = await createHarness()
    const program = await dbt2(harness)
    const sink = harness.sink()
    const project = await harness.project()
    const commands = ["dbt build -s fails --vars '{a: 1}' -t dev"]
    const failed = await harness.engine.execute(planFor(project, program, { commands }), sink, neverStopped())
    expect(failed).toEqual({
      outcome: 'error',
      message: `\`${commands[0]}\` failed: Error in model fails (models/fails.sql): Table "nowhere" does not exist`,
    })
    const again = harness.sink()
    const plan = planFor(project, program, { commands: ["dbt build -s fails --vars '{a: 1}' -t dev"] })
    const steps = plan.steps.map((step) => ({ ...step, ...(step.kind === 'command' && { resumes: true }) }))
    const retry = { runId: 1, runResultsKey: sink.fileOf(4, 'run_results.json') }
    await harness.engine.execute({ ...plan, steps, retry }, again, neverStopped())
    expect(again.step(4).argv).toMatch(/^dbt retry --state \S+\/earlier-results --vars '\{a: 1\}' --target dev$/)
  })

  test.each([
    ['dbt build -s fails --newer', 'dbt 2 does not resume a command with --newer'],
    ['dbt build -s fails --defer --state prev', 'dbt 2 does not resume a command with --defer'],
    ['dbt clone -s fails', 'dbt 2 does not resume `dbt clone`'],
  ])('runs `%s` whole: %s', async (command, reason) => {
    await using harness = await createHarness()
    const plan = planFor(await harness.project(), await dbt2(harness), { commands: [command] })
    const sink = harness.sink()
    await harness.engine.execute(plan, sink, neverStopped())
    const again = harness.sink()
    const steps = plan.steps.map((step) => ({ ...step, ...(step.kind === 'command' && { resumes: true }) }))
    const retry = { runId: 1, runResultsKey: sink.fileOf(4, 'run_results.json') }
    await harness.engine.execute({ ...plan, steps, retry }, again, neverStopped())
    expect(again.step(4).argv).toBe(command)
    expect(again.step(4).console).toContain(`The command is run whole: ${reason}.\n`)
  })
})
