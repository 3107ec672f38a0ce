import { writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import {
  createHarness,
  fixtureProgram,
  type Harness,
  neverStopped,
  planFor,
  useWarmDbt,
} from './support/engine-harness.ts'

const outputs = `  outputs:
    dev: {type: duckdb, path: dev.duckdb}
    prod: {type: duckdb, path: "{{ 'pr' ~ 'od' }}.duckdb"}
    unused:
`
const anchors = Array.from({ length: 150 }, (_, position) => `      m${position}: *shared\n`).join('')

const dbt = useWarmDbt()

describe('files of a project that dbt accepts', () => {
  let harness: Harness
  beforeAll(async () => {
    harness = await createHarness()
  })
  afterAll(() => harness[Symbol.asyncDispose]())

  const heldFile = (project: string, file: string) => `duckdb:${hostname()}:${path.join(project, file)}`

  test.each([
    ['a filter in the target', `tiny:\n  target: "{{ env_var('DBT_WHERE') | lower }}"\n${outputs}`, 'prod'],
    [
      'a condition in the target, and a target of nothing that is not used',
      `tiny:\n  target: "{% if true %}prod{% endif %}"\n${outputs}`,
      'prod',
    ],
    [
      'tabs, tags, keys that are no texts, a key twice',
      `\uFEFFtiny:\n  target: nope\n  target: !!str dev\n  1:\t2\n${outputs}`,
      'dev',
    ],
  ])('%s', async (_name, profiles, target) => {
    const project = await harness.project({ 'profiles.yml': profiles })
    const { sink, outcome } = await harness.run(
      planFor(project, dbt.program, { environmentVariables: { DBT_WHERE: 'PROD' } }),
    )
    expect(outcome).toEqual({ outcome: 'success' })
    expect(sink.step(2).console).toContain(`Using profile 'tiny', target '${target}' of ${project}/profiles.yml.`)
    expect(sink.held).toEqual([heldFile(project, `${target}.duckdb`)])
    expect(sink.connections).toEqual([{ name: 'tiny', type: 'duckdb', details: { path: `${target}.duckdb` } }])
  })

  test('Jinja in the name of the profile, and an anchor that is used 150 times', async () => {
    const project = await harness.project({
      'dbt_project.yml': [
        'name: tiny',
        "profile: \"{{ var('profile', 'ti' ~ 'ny') }}\"",
        `models:\n  tiny:\n    +meta:\n      first: &shared {a: 1}\n${anchors}`,
      ].join('\n'),
    })
    const { sink, outcome } = await harness.run(planFor(project, dbt.program))
    expect(outcome).toEqual({ outcome: 'success' })
    expect(sink.held).toEqual([heldFile(project, 'tiny.duckdb')])
  })

  test('a target that depends on the variables of each command', async () => {
    const project = await harness.project({
      'profiles.yml': `tiny:\n  target: "{{ var('where', 'dev') }}"\n${outputs}`,
    })
    const commands = ["dbt run --vars '{where: prod}'"]
    const { sink, outcome } = await harness.run(planFor(project, dbt.program, { commands }))
    expect(outcome).toEqual({ outcome: 'success' })
    expect(sink.held).toEqual([heldFile(project, 'dev.duckdb'), heldFile(project, 'prod.duckdb')])
    expect(sink.step(4).debug).toMatch(/prod\.duckdb|prod"\."main/)
  })

  test('another schema, where only dbt can read the file', async () => {
    const project = await harness.project({
      'profiles.yml': `tiny:\n  target: "{{ env_var('DBT_WHERE') | lower | trim }}"\n${outputs}`,
    })
    const plan = planFor(project, dbt.program, { schema: '2592e5', environmentVariables: { DBT_WHERE: 'DEV' } })
    const { sink, outcome } = await harness.run({ ...plan, steps: plan.steps })
    expect(outcome).toEqual({ outcome: 'success' })
    expect(sink.step(2).console).toContain("The schema is '2592e5' for this run.")
    expect(sink.step(4).console).toContain('2592e5.one')
  })

  test('another schema keeps the other values of the target what they are for dbt', async () => {
    const project = await harness.project({
      'profiles.yml': 'tiny:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: "1:30", database: "1:30"}\n',
    })
    const { outcome } = await harness.run(planFor(project, dbt.program, { schema: 'y' }))
    expect(outcome).toEqual({ outcome: 'success' })
  })

  test('steps that need no profile run without one', async () => {
    const project = await harness.project({ 'profiles.yml': '' })
    const { outcome } = await harness.run(planFor(project, dbt.program, { commands: ['dbt deps'] }))
    expect(outcome).toEqual({ outcome: 'success' })
  })
})

describe('files that dbt does not accept', () => {
  test.each([
    ['no YAML', 'tiny:\n  target: dev\n outputs: [\n', /profiles\.yml, line 3, is not valid YAML: /],
    [
      'Jinja without quotes',
      'tiny:\n  target: {{ x }}\n',
      /profiles\.yml, line 2, is not valid YAML: found unhashable key/,
    ],
    [
      'a condition for a target that is not there',
      'tiny: {target: "{{ 1 ~ 2 }}", outputs: {}}',
      /not have a target named '12'/,
    ],
  ])('%s: the words of dbt end the step', async (_name, profiles, message) => {
    await using harness = await createHarness()
    const sink = harness.sink()
    const project = await harness.project({ 'profiles.yml': profiles })
    await harness.engine.execute(planFor(project, dbt.program), sink, neverStopped())
    expect(sink.step(2).end?.message).toMatch(message)
    expect(sink.statuses).toEqual(['success', 'error', 'skipped', 'skipped'])
  })
})

describe('where dbt cannot be asked', () => {
  test.each([
    ['Jinja', `tiny:\n  target: "{{ 'dev' ~ '' }}"\n${outputs}`, 'dbt-succeeds'],
    ['what is no YAML', `tiny:\n  target: dev\n${outputs}  more: [\n`, 'dbt-succeeds'],
  ])('%s is left to it, and each DuckDB file is held that it may take', async (_name, profiles, program) => {
    await using harness = await createHarness()
    const project = await harness.project({ 'profiles.yml': profiles })
    const { sink, outcome } = await harness.run(planFor(project, fixtureProgram(program)))
    expect(outcome).toEqual({ outcome: 'success' })
    expect(sink.step(2).console).toMatch(/is left to dbt, which could not be asked \(.*profiles\.yml: /)
    expect(sink.step(4).console).not.toMatch(/^DBT_(TARGET|PROFILE)=/m)
    expect(sink.held).toEqual(
      ['dev.duckdb', "{{ 'pr' ~ 'od' }}.duckdb"].map((file) => `duckdb:${hostname()}:${path.join(project, file)}`),
    )
  })

  test('a schema for one run is not guessed', async () => {
    await using harness = await createHarness()
    const sink = harness.sink()
    const project = await harness.project()
    await writeFile(path.join(project, 'profiles.yml'), `tiny:\n  target: "{{ 'dev' ~ '' }}"\n${outputs}`)
    const plan = planFor(project, fixtureProgram('dbt-succeeds'), { schema: 'pr_7' })
    await harness.engine.execute(plan, sink, neverStopped())
    expect(sink.step(2).end?.message).toMatch(/^The schema cannot be 'pr_7': /)
  })
})

test('a folder that DBT_PROFILES_DIR names counts alone', async () => {
  await using harness = await createHarness()
  const sink = harness.sink()
  const project = await harness.project({ 'dbt_project.yml': 'name: tiny\nprofile: tiny\n', 'profiles.yml': 'x: 1' })
  const plan = planFor(project, fixtureProgram('dbt-succeeds'), { environmentVariables: { DBT_PROFILES_DIR: 'none' } })
  await harness.engine.execute(plan, sink, neverStopped())
  expect(sink.step(2).end?.message).toBe(`There is no profiles.yml in ${project}/none (DBT_PROFILES_DIR).`)
})
