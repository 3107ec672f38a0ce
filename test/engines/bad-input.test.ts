import { chmod, cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { StoreFullError } from '../../src/domain/store-errors.ts'
import type { RunPlan } from '../../src/engines/run-engine.ts'
import { createHarness, fixtureProgram, type Harness, neverStopped, planFor } from './support/engine-harness.ts'

describe('a run that cannot go well', () => {
  let harness: Harness
  beforeAll(async () => {
    harness = await createHarness()
  })
  afterAll(() => harness[Symbol.asyncDispose]())

  test('because it is for another engine', async () => {
    const plan: RunPlan = { ...planFor(await harness.project(), ''), engine: { kind: 'simulated' } }
    const executed = harness.engine.execute(plan, harness.sink(), neverStopped())
    await expect(executed).rejects.toThrow(`Run ${plan.runId} is for the engine "simulated".`)
  })

  test('because there is no dbt program', async () => {
    const missing = path.join(harness.folder, 'no/dbt')
    const { outcome, sink } = await harness.run(planFor(await harness.project(), missing))
    expect(sink.statuses).toEqual(['success', 'success', 'success', 'error'])
    expect(outcome).toEqual({
      outcome: 'error',
      message: `\`dbt build\` failed: There is no dbt program at ${missing}.`,
    })
    expect(sink.step(4).console).toBe(`There is no dbt program at ${missing}.\n`)
  })

  test('because the folder of its project became a link to another place', async () => {
    const foreign = await mkdtemp(path.join(tmpdir(), 'stratus-foreign-'))
    try {
      const project = await harness.project()
      await cp(project, foreign, { recursive: true })
      await rm(project, { recursive: true })
      await symlink(foreign, project)
      const { outcome, sink } = await harness.run(planFor(project, fixtureProgram('dbt-succeeds')))
      expect(outcome).toEqual({
        outcome: 'error',
        message:
          `Clone git repository failed: The project's folder ${project}, which is ${await realpath(foreign)} now, does not lie below a folder that ` +
          `STRATUS_PROJECT_ROOTS of this worker names (${harness.folder}).`,
      })
      expect(sink.statuses).toEqual(['error', 'skipped', 'skipped', 'skipped'])
    } finally {
      await rm(foreign, { recursive: true })
    }
  })

  test('because dbt is not on PATH', async () => {
    const { sink } = await harness.run(planFor(await harness.project(), 'dbt-that-nobody-has'))
    expect(sink.step(4).end?.message).toMatch(/^The dbt program `dbt-that-nobody-has` was not found on PATH\./)
  })

  test('because the program is not executable, or its interpreter is gone', async () => {
    const program = path.join(harness.folder, 'dbt')
    await writeFile(program, '#!/no/such/python\n')
    const project = await harness.project()
    expect((await harness.run(planFor(project, program))).sink.step(4).end?.message).toBe(
      `The dbt program ${program} is not executable.`,
    )
    await chmod(program, 0o755)
    expect((await harness.run(planFor(project, program))).sink.step(4).end?.message).toBe(
      `The dbt program ${program} could not be started: the interpreter that its first line names does not exist.`,
    )
  })

  test.each([
    ['dbt run --selct x', '1.11.6', /^`dbt run --selct x` has --selct, which is no option that `dbt run` has/],
    ['dbt run --selct x', '1.12.0', undefined],
    ['dbt deps --add-package x', '1.12.0', /^`dbt deps --add-package x` adds a package to the project/],
    ['dbt build --state /elsewhere', '1.11.6', /^`dbt build --state \/elsewhere` names \/elsewhere with --state/],
  ])('because its dbt has no such command: %s of dbt %s', async (command, version, sentence) => {
    const program = await harness.project({
      'bin/dbt': '#!/bin/sh\n',
      [`lib/python3.11/site-packages/dbt_core-${version}.dist-info/METADATA`]: '',
    })
    await chmod(path.join(program, 'bin/dbt'), 0o755)
    const plan = planFor(await harness.project(), path.join(program, 'bin/dbt'), { commands: [command] })
    const { end } = (await harness.run(plan)).sink.step(4)
    expect(end).toEqual(
      sentence === undefined ? { status: 'success' } : { status: 'error', message: expect.stringMatching(sentence) },
    )
  })

  test('because the project is gone, or is none', async () => {
    const project = await harness.project()
    await rm(path.join(project, 'dbt_project.yml'))
    const none = await harness.run(planFor(project, fixtureProgram('dbt-succeeds')))
    expect(none.sink.step(1).end?.message).toBe(`${project} is not a dbt project: there is no dbt_project.yml in it.`)
    expect(none.sink.statuses).toEqual(['error', 'skipped', 'skipped', 'skipped'])
    await rm(project, { recursive: true })
    const gone = await harness.run(planFor(project, fixtureProgram('dbt-succeeds')))
    expect(gone.outcome).toEqual({
      outcome: 'error',
      message: `Clone git repository failed: There is no folder ${project}. Was the project moved?`,
    })
    expect(gone.sink.step(1).console).toContain('There is no folder')
  })

  test.each([
    [
      'is missing',
      undefined,
      /^There is no profiles\.yml in \S+ or \S+\/home\/\.dbt\. Runs of `serve` and `work` do not see /,
    ],
    ['has another profile', 'other: {target: dev, outputs: {}}', /no profile 'tiny' in \S+; it has other\.$/],
    ['has no outputs', 'tiny: {target: dev}', /The profile 'tiny' in \S+ is broken: tiny\.outputs is missing/],
    [
      'has another target',
      'tiny: {target: prod, outputs: {dev: {type: duckdb}}}',
      /no target 'prod' .*; it has dev\.$/,
    ],
    ['is a list', '- tiny', /holds no profiles/],
  ])('because its profiles.yml %s', async (_name, content, message) => {
    const project = await harness.project(content === undefined ? {} : { 'profiles.yml': content })
    if (content === undefined) await rm(path.join(project, 'profiles.yml'))
    const { sink } = await harness.run(planFor(project, fixtureProgram('dbt-succeeds')))
    expect(sink.step(2).end?.message).toMatch(message)
    expect(sink.statuses).toEqual(['success', 'error', 'skipped', 'skipped'])
  })

  test.each([
    ['ls -la', '`ls -la` is not a dbt command. A step can only run commands that begin with `dbt`.'],
    ["dbt run --vars '{a: 1}", "The command `dbt run --vars '{a: 1}` has an open quote (')."],
    ['', 'The command is empty.'],
    ['dbt --version', '`dbt --version` has the option --version, with which dbt does nothing but print.'],
    [
      'dbt build --target-path=/tmp',
      '`dbt build --target-path=/tmp` sets --target-path, which Stratus sets itself. Remove it from the command.',
    ],
  ])('because of the command %s', async (command, message) => {
    const plan = planFor(await harness.project(), fixtureProgram('dbt-succeeds'), { commands: [command, 'dbt test'] })
    const { sink } = await harness.run(plan)
    expect(sink.step(4).end).toEqual({ status: 'error', message })
    expect(sink.step(4).console).toBe(`${message}\n`)
    expect(sink.step(5).end).toEqual({ status: 'skipped' })
  })

  test('because dbt refuses an option: its words are the message', async () => {
    const { outcome } = await harness.run(planFor(await harness.project(), fixtureProgram('dbt-fails')))
    expect(outcome).toEqual({ outcome: 'error', message: "`dbt build` failed: No such option '--nope'." })
  })

  test('because a flood of output ends in an error: the log is cut, the memory bounded', async () => {
    const plan = planFor(await harness.project(), fixtureProgram('dbt-floods'))
    const before = process.memoryUsage().arrayBuffers
    const { outcome, sink } = await harness.run(plan)
    expect(outcome).toEqual({ outcome: 'error', message: '`dbt build` failed: the flood is over' })
    expect(sink.step(4).console.length).toBeLessThan(51 * 1024 * 1024)
    expect(sink.step(4).console).toContain('… (line cut)\na line of a flood')
    expect(sink.step(4).console.slice(-200)).toContain('The log is cut here')
    expect(Math.max(...sink.logChunks.map((chunk) => chunk.length))).toBeLessThan(1.2 * 1024 * 1024)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024)
  })

  test('with a message of megabytes: it is shown cut, and as a sentence; a file that is too large is named', async () => {
    await using small = await createHarness({ maxArtifactBytes: 1024 * 1024 })
    const plan = planFor(await small.project(), fixtureProgram('dbt-says-much'))
    const { sink, outcome } = await small.run(plan)
    const { console, artifacts } = sink.step(4)
    expect(outcome).toEqual({
      outcome: 'error',
      message: expect.stringMatching(/^`dbt build` failed: begin y{480,500}…$/),
    })
    expect(console).toMatch(/^06:58:38 {2}begin y+ … \(line cut\)\n/)
    expect(console.length).toBeLessThan(1024 * 1024 + 200)
    expect(console).toContain('\ntarget/much.bin is not kept: it has 3 MB, and STRATUS_MAX_ARTIFACT_MB is 1.\n')
    expect(artifacts).toEqual(['manifest.json'])
  })

  test('because the disk is full: artifacts and logs that cannot be stored fail the run, each with that reason', async () => {
    const plan = planFor(await harness.project(), fixtureProgram('dbt-writes-results'))
    const noArtifacts = harness.sink()
    noArtifacts.refuse('artifact', new StoreFullError('The disk is full'))
    expect(await harness.engine.execute(plan, noArtifacts, neverStopped())).toEqual({
      outcome: 'error',
      message: expect.stringMatching(/^`dbt build` failed: The disk is full: \S+ could not be stored\.$/),
    })
    const noLogs = harness.sink()
    noLogs.refuse('log', new StoreFullError('The disk is full'))
    expect(await harness.engine.execute(plan, noLogs, neverStopped())).toEqual({
      outcome: 'error',
      message: 'Clone git repository failed: The disk is full.',
    })
  })

  test('because of a full disk under the data folder', async () => {
    const blocked = await createHarness()
    await mkdir(blocked.dataDir, { recursive: true })
    await writeFile(path.join(blocked.dataDir, 'cache'), 'a file where a folder should be')
    const project = await blocked.project({ 'packages.yml': 'packages:\n  - local: ../elsewhere\n' })
    const { outcome } = await blocked.run(planFor(project, fixtureProgram('dbt-succeeds')))
    expect(outcome).toEqual({
      outcome: 'error',
      message: expect.stringMatching(/^`dbt deps` failed: The operating system refused: E/),
    })
    await blocked[Symbol.asyncDispose]()
  })
})

describe('the steps that may fail', () => {
  test('freshness and docs do not fail the run, nor keep the rest from being done; artifacts of failed steps are kept', async () => {
    await using harness = await createHarness()
    const sink = harness.sink()
    const plan = planFor(await harness.project(), fixtureProgram('dbt-writes-results'))
    const [clone, profile, deps, build] = plan.steps
    if (!clone || !profile || !deps || !build) throw new Error('The plan has four steps.')
    const steps = [
      clone,
      profile,
      deps,
      { index: 4, kind: 'freshness' as const, name: 'freshness', command: 'dbt source freshness --fail' },
      { ...build, index: 5 },
      { index: 6, kind: 'docs' as const, name: 'docs', command: 'dbt docs generate --fail' },
    ]
    const outcome = await harness.engine.execute({ ...plan, steps }, sink, neverStopped())
    expect(outcome).toEqual({ outcome: 'success' })
    expect(sink.statuses.slice(3)).toEqual(['error', 'success', 'error'])
    expect(sink.step(4).artifacts.sort()).toEqual(['compiled/a/model.sql', 'manifest.json'])
  })
})

test('a parsed project that cannot be kept costs the run a line of its log, and nothing else', async () => {
  await using harness = await createHarness()
  await mkdir(path.join(harness.dataDir, 'cache'), { recursive: true })
  await writeFile(path.join(harness.dataDir, 'cache/partial-parse'), 'no folder')
  const program = path.join(harness.folder, 'dbt')
  const script = 'echo state > "$DBT_TARGET_PATH/partial_parse.msgpack"; echo {} > "$DBT_TARGET_PATH/manifest.json"'
  await writeFile(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  const { sink, outcome } = await harness.run(planFor(await harness.project(), program))
  expect(outcome).toEqual({ outcome: 'success' })
  expect(sink.step(4).console).toMatch(/^What dbt parsed is not kept for the next run: .*ENOTDIR/m)
  expect(sink.step(4).artifacts).toEqual(['manifest.json'])
})
