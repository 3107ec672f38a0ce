import { readFile } from 'node:fs/promises'
import { readJson, SimulatedRuns, standingClock } from '../../../test/engines/simulated/simulated-harness.ts'

let runs: SimulatedRuns
beforeAll(async () => {
  runs = await SimulatedRuns.create()
})
afterAll(() => runs[Symbol.asyncDispose]())

const ordersFail = {
  time_scale: 0,
  nodes: [{ select: 'orders', outcome: 'error', message: 'relation "till.orders" does not exist' }],
}

describe('a simulated run', () => {
  it('takes its steps and leaves what dbt would leave', async () => {
    const { outcome, sink } = await runs.play({ scenario: { time_scale: 0 }, freshness: true, docs: true })
    expect(outcome).toEqual({ outcome: 'success' })
    expect(sink.statuses).toEqual(Array(6).fill('success'))
    expect([1, 2, 3, 4, 5, 6].map((index) => sink.step(index).artifacts)).toEqual([
      [],
      [],
      [],
      ['manifest.json', 'sources.json'],
      ['manifest.json', 'run_results.json'],
      ['catalog.json', 'manifest.json', 'run_results.json'],
    ])
    expect(sink.versions).toContain('1.11.16')
    expect(sink.step(5).argv).toBe('dbt build')
  })

  it('tells which commit and which warehouse it seems to use', async () => {
    const source = { kind: 'git', url: 'https://example.com/shop.git', branch: 'next' } as const
    const plan = { project: { id: 1, name: 'Shop', source } }
    const { sink } = await runs.play({ scenario: { time_scale: 0 }, plan })
    expect(sink.commit).toEqual({ sha: expect.stringMatching(/^[0-9a-f]{40}$/), branch: 'next' })
    expect(sink.connections).toEqual([
      { name: 'simulated', type: 'postgres', details: { host: 'simulated.invalid', port: 5432 } },
    ])
  })

  it('writes the lines of dbt into both logs', async () => {
    const { sink } = await runs.play({ scenario: ordersFail, commands: ['dbt build --threads 1'] })
    const { console, debug } = sink.step(4)
    expect(console).toMatch(/^00:00:\d\d {2}Running with dbt=1\.11\.16$/m)
    expect(console).toMatch(/^00:00:\d\d {2}3 of 11 START seed file analytics\.countries \.+ \[RUN\]$/m)
    expect(console).toMatch(/ ERROR creating sql table model analytics\.orders \.+ \[ERROR in \d+\.\d\ds\]$/m)
    expect(console).toMatch(/^00:00:\d\d {2}Done\. PASS=\d WARN=0 ERROR=1 SKIP=\d NO-OP=0 TOTAL=11$/m)
    expect(debug).toMatch(/^\d\d:\d\d:\d\d\.\d{6} \[info \] \[MainThread\]: Running with dbt=1\.11\.16$/m)
  })

  it('fails at a failing node, names it as dbt does, and skips what depends on it', async () => {
    const { outcome, sink, statuses } = await runs.play({ scenario: ordersFail, commands: ['dbt build', 'dbt test'] })
    const message = 'Database Error in model orders (models/marts/orders.sql): relation "till.orders" does not exist'
    expect(outcome).toEqual({ outcome: 'error', message: `\`dbt build\` failed: ${message}` })
    expect(sink.statuses).toEqual(['success', 'success', 'success', 'error', 'skipped'])
    expect(sink.step(4).end).toEqual({ status: 'error', message })
    expect(await statuses(4)).toMatchObject({
      stg_orders: 'success',
      orders: 'error',
      customers: 'skipped',
      unique_customers_customer_id: 'skipped',
      orders_history: 'success',
    })
  })

  it('tells of the same nodes as its results, with what the manifest says of them', async () => {
    const { sink, statuses } = await runs.play({ scenario: ordersFail })
    const told = [...sink.step(4).nodes.values()]
    expect(Object.fromEntries(told.map(({ description, status }) => [description?.name, status]))).toEqual(
      await statuses(4),
    )
    expect(told.find(({ uniqueId }) => uniqueId.endsWith('.orders'))).toMatchObject({
      ...{ status: 'error', message: expect.stringContaining('does not exist'), thread: 'Thread-2 (worker)' },
      ...{ startedAt: expect.stringMatching(/Z$/), finishedAt: expect.stringMatching(/Z$/) },
      description: { name: 'orders', resourceType: 'model', path: 'models/marts/orders.sql' },
    })
  })

  it('lets the checkboxes for freshness and docs fail without failing', async () => {
    const scenario = {
      time_scale: 0,
      nodes: [{ select: 'source:till.orders', outcome: 'error' }],
      steps: [{ step: 'docs', outcome: 'error', message: 'no connection' }],
    }
    const { outcome, sink } = await runs.play({ scenario, freshness: true, docs: true })
    expect(outcome).toEqual({ outcome: 'success' })
    expect(sink.statuses).toEqual(['success', 'success', 'success', 'error', 'success', 'error'])
    expect(sink.step(4).end?.message).toMatch(
      /^Source till\.orders is stale: its newest row is from 2025-12-31T12:00:0/,
    )
  })

  it('fails when stale sources are checked by a command of the job', async () => {
    const scenario = { time_scale: 0, nodes: [{ select: 'source:till', age: 90_000 }] }
    const { outcome, sink, results } = await runs.play({ scenario, commands: ['dbt source freshness', 'dbt build'] })
    expect(outcome).toMatchObject({ outcome: 'error' })
    expect(sink.statuses.at(-1)).toBe('skipped')
    const { results: sources } = await results(4, 'sources.json')
    expect(sources.map(({ status, max_loaded_at_time_ago_in_s: age }) => [status, age])).toEqual([
      ['error', 90_000],
      ['error', 90_000],
    ])
  })

  it.each([
    ['dbt login', 'asks a person to sign in'],
    ['python etl.py', 'is not a dbt command'],
    ["dbt build --select 'orders", 'has an open quote'],
    ['dbt build --vars [1]', 'is not a YAML mapping'],
  ])('fails the step of the command %p with a sentence', async (command, sentence) => {
    const { outcome, sink } = await runs.play({ scenario: { time_scale: 0 }, commands: [command, 'dbt test'] })
    expect(outcome).toMatchObject({ outcome: 'error' })
    expect(sink.step(4).end?.message).toContain(sentence)
    expect(sink.step(4).console).toContain(sentence)
    expect(sink.statuses).toEqual(['success', 'success', 'success', 'error', 'skipped'])
  })

  it.each([
    [{ time_scale: -1 }, 'time_scale: expected a number from 0 to 1000'],
    [{ manifest: 'target/manifest.json' }, 'names the file target/manifest.json'],
    [{ graph: { nodes: [{ name: 'a', depends_on: ['b'] }] } }, 'depends on b, which is not in its graph'],
  ])('fails its first step when the scenario is %j', async (scenario, sentence) => {
    const { sink } = await runs.play({ scenario })
    expect(sink.step(1).end?.message).toContain(sentence)
    expect(sink.statuses).toEqual(['error', 'skipped', 'skipped', 'skipped'])
  })

  it('fails when its nodes wait for each other', async () => {
    const nodes = [
      { name: 'a', depends_on: ['b'] },
      { name: 'b', depends_on: ['a'] },
    ]
    const { sink } = await runs.play({ scenario: { time_scale: 0, graph: { nodes } } })
    expect(sink.step(4).end?.message).toBe('Some nodes depend on each other in a circle: a, b.')
  })

  it('takes the whole project, and says so, when it cannot understand a selector', async () => {
    const { sink, results } = await runs.play({ scenario: { time_scale: 0 }, commands: ['dbt run -s state:modified'] })
    expect(sink.step(4).console).toContain('Not simulated: the selector state:modified. The whole project is taken')
    expect((await results(4)).results).toHaveLength(5)
  })

  it('does nothing, and succeeds, when nothing is selected', async () => {
    const { outcome, sink, results } = await runs.play({
      scenario: { time_scale: 0 },
      commands: ['dbt run -s nothing'],
    })
    expect(outcome).toEqual({ outcome: 'success' })
    expect(sink.step(4).console).toContain("The selection criterion 'nothing' does not match any enabled nodes")
    expect((await results(4)).results).toEqual([])
  })

  it('says which rules have no effect', async () => {
    const { sink } = await runs.play({ scenario: { time_scale: 0, nodes: [{ select: 'oders', outcome: 'error' }] } })
    expect(sink.step(4).console).toContain("The scenario has a rule for 'oders', which matches no node.")
  })

  it('shows no secret that its command contains', async () => {
    const environmentVariables = { DBT_ENV_SECRET_KEY: 'hush-hush' }
    const commands = ['dbt build --vars "{key: hush-hush}"', 'dbt hush-hush']
    const { sink } = await runs.play({ scenario: { time_scale: 0 }, commands, plan: { environmentVariables } })
    expect(sink.everything).not.toContain('hush-hush')
    expect(sink.everything).toContain('*****')
    expect(await readFile(sink.fileOf(4, 'run_results.json'), 'utf8')).not.toContain('hush-hush')
  })
})

describe('the same scenario', () => {
  it('leaves the same bytes', async () => {
    const scenario = { seed: 3, time_scale: 0, compiled_files: true }
    const [first, second] = [await runs.play({ scenario }), await runs.play({ scenario })]
    expect(first.sink.step(4).artifacts).toContain('compiled/corner_shop/models/marts/orders.sql')
    expect(second.sink.everything).toBe(first.sink.everything)
    for (const name of first.sink.step(4).artifacts) {
      expect(await readFile(second.sink.fileOf(4, name), 'utf8')).toBe(
        await readFile(first.sink.fileOf(4, name), 'utf8'),
      )
    }
  })

  it('takes other times with another seed, and has other ids in another run', async () => {
    const times = async (seed: number, runId: number) => {
      const { results } = await runs.play({ scenario: { seed, time_scale: 0 }, plan: { runId } })
      const { metadata, results: nodes } = await results(4)
      return { id: metadata.invocation_id, times: nodes.map((node) => node.execution_time) }
    }
    const [first, otherRun, otherSeed] = [await times(1, 1), await times(1, 2), await times(2, 1)]
    expect(otherRun.times).toEqual(first.times)
    expect(otherRun.id).not.toBe(first.id)
    expect(otherSeed.times).not.toEqual(first.times)
  })
})

describe('the time scale', () => {
  const scenario = {
    graph: { nodes: [{ name: 'a' }, { name: 'b', depends_on: ['a'] }] },
    steps: [
      { step: 'clone', duration: 1 },
      { step: 'profile', duration: 2 },
      { step: 'dbt*', duration: 0 },
    ],
    nodes: [{ select: '*', duration: 10 }],
  }

  it.each([
    [0, 0],
    [0.1, 2_305],
    [1, 23_050],
    [10, 230_500],
  ])('%p makes the run take %p ms', async (timeScale, expected) => {
    const clock = standingClock()
    const { results } = await runs.play({ scenario: { ...scenario, time_scale: timeScale }, clock })
    expect(Math.round(clock.slept)).toBe(expected)
    expect((await results(4)).results.map((node) => node.execution_time)).toEqual([10, 10])
  })
})

describe('the artifacts', () => {
  it('have what the clients of dbt Cloud read', async () => {
    const environmentVariables = { DBT_ENV_CUSTOM_ENV_REGION: 'eu' }
    const { sink, results } = await runs.play({ scenario: { time_scale: 0 }, plan: { environmentVariables } })
    const manifest = await readJson(sink.fileOf(4, 'manifest.json'))
    const { metadata, args, results: nodes } = await results(4)
    expect(manifest.metadata).toMatchObject({
      dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
      invocation_id: metadata.invocation_id,
      adapter_type: 'postgres',
    })
    expect(metadata).toMatchObject({
      dbt_schema_version: 'https://schemas.getdbt.com/dbt/run-results/v6.json',
      env: { DBT_CLOUD_RUN_ID: '7', DBT_CLOUD_JOB_ID: '1', DBT_CLOUD_PROJECT_ID: '1', REGION: 'eu' },
    })
    expect(args).toMatchObject({ which: 'build', invocation_command: 'dbt build', vars: {} })
    expect(manifest.parent_map).toMatchObject({
      'model.corner_shop.orders': ['model.corner_shop.stg_orders', 'model.corner_shop.stg_payments'],
    })
    expect(manifest.child_map).toMatchObject({ 'source.corner_shop.till.orders': ['model.corner_shop.stg_orders'] })
    for (const node of nodes) {
      expect(manifest.nodes).toHaveProperty([node.unique_id])
      expect(node).toMatchObject({ thread_id: expect.any(String), adapter_response: expect.any(Object) })
      expect(node.timing).toEqual([
        { name: 'compile', started_at: expect.stringMatching(/Z$/), completed_at: expect.stringMatching(/Z$/) },
        { name: 'execute', started_at: expect.stringMatching(/Z$/), completed_at: expect.stringMatching(/Z$/) },
      ])
    }
  })
})
