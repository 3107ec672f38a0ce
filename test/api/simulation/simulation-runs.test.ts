import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { eventually } from '../../support/eventually.ts'
import { runCli } from '../../support/run-cli.ts'
import { type StratusProcess, startStratus } from '../../support/stratus-process.ts'

const document = `
account: { id: 1, name: Local, run_slots: 4 }
projects:
  - id: 1
    name: No Code
    environments:
      - id: 1
        name: Production
        engine: simulated
        simulation: scenarios/quick.yml
        jobs:
          - { id: 1, name: All well, execute_steps: [dbt build] }
          - id: 2
            name: Model fails
            execute_steps: [dbt build]
            simulation:
              time_scale: 0
              nodes: [{ select: orders, outcome: error, message: disk full }]
          - { id: 3, name: Flaky, execute_steps: [dbt build], simulation: { time_scale: 0, fail_first: 2 } }
          - { id: 4, name: Slow, execute_steps: [dbt build], simulation: { nodes: [{ select: '*', duration: 600 }] } }
          - id: 5
            name: Recovers
            execute_steps: [dbt build]
            simulation: { time_scale: 0, nodes: [{ select: orders, outcome: error, fail_first: 1 }] }
`

let folder: string
let stratus: StratusProcess
let dataDir: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stratus-simulated-runs-'))
  dataDir = path.join(folder, 'data')
  await writeFile(path.join(folder, 'stratus.yml'), document)
  await mkdir(path.join(folder, 'scenarios'))
  await writeFile(path.join(folder, 'scenarios/quick.yml'), 'time_scale: 0\nmanifest: recorded.json\n')
  await writeFile(path.join(folder, 'scenarios/recorded.json'), JSON.stringify(recorded))
  stratus = await startStratus(['dev', folder, '--data-dir', dataDir])
})
afterAll(async () => {
  await stratus?.stop()
  await rm(folder, { recursive: true, force: true })
})

const recorded = {
  metadata: { project_name: 'bakery', adapter_type: 'duckdb', dbt_version: '1.10.2' },
  nodes: {
    'model.bakery.bread': {
      unique_id: 'model.bakery.bread',
      name: 'bread',
      resource_type: 'model',
      package_name: 'bakery',
    },
  },
}

async function trigger(jobId: number): Promise<number> {
  const { data } = await stratus.api.post(`/jobs/${jobId}/run/`, { cause: 'a test' })
  return data.data.id
}

const retrieve = async (runId: number) =>
  (await stratus.api.get(`/runs/${runId}/?include_related=["run_steps"]`)).data.data

const ended = (runId: number) =>
  eventually(`run ${runId} has ended`, async () => {
    const run = await retrieve(runId)
    return run.is_complete && run
  })

const run = async (jobId: number) => ended(await trigger(jobId))

describe('a simulated job, through a started server', () => {
  test("plays its environment's scenario, with the manifest that it names", async () => {
    const { id, status, dbt_version: version } = await run(1)
    expect([status, version]).toEqual([10, '1.10.2'])
    const { data } = await stratus.api.get(`/runs/${id}/artifacts/run_results.json`)
    expect(data.results.map(({ unique_id: node }: { unique_id: string }) => node)).toEqual(['model.bakery.bread'])
  })

  test('fails with the words of its failing node', async () => {
    const { status, status_message: message, run_steps: steps } = await run(2)
    expect(status).toBe(20)
    expect(message).toContain('Database Error in model orders (models/marts/orders.sql): disk full')
    expect(steps.map((step: { status: number }) => step.status)).toEqual([10, 10, 10, 20])
  })

  test('fails as often as its scenario says, and then succeeds', async () => {
    const statuses = []
    for (const _ of [1, 2, 3]) statuses.push((await run(3)).status)
    expect(statuses).toEqual([20, 20, 10])
  })

  test('is rerun from its failure, and only what had failed or was skipped is run again', async () => {
    const failed = await run(5)
    expect(failed.status).toBe(20)
    const { data } = await stratus.api.post('/jobs/5/rerun/')
    const again = await ended(data.data.id)
    expect(again.status).toBe(10)
    const results = await stratus.api.get(`/runs/${again.id}/artifacts/run_results.json`)
    const names = results.data.results.map(({ unique_id: node }: { unique_id: string }) => node)
    expect(names).toContain('model.corner_shop.orders')
    expect(names.filter((name: string) => name.includes('stg_'))).toEqual([])
  })

  test('is cancelled while it runs', async () => {
    const id = await trigger(4)
    await eventually('it runs', async () => (await retrieve(id)).status === 3)
    await stratus.api.post(`/runs/${id}/cancel/`)
    const cancelled = await ended(id)
    expect(cancelled.status).toBe(30)
    await eventually('its steps have ended', async () => {
      const { run_steps: steps } = await retrieve(id)
      return steps.every(({ status }: { status: number }) => [10, 30].includes(status))
    })
  })

  test('takes a fraction of a second at time scale 0', async () => {
    const took = await Promise.all(
      [1, 2, 3].map(async () => {
        const { created_at: from, finished_at: to } = await run(1)
        return Date.parse(to) - Date.parse(from)
      }),
    )
    expect(Math.min(...took)).toBeLessThan(500)
  })

  test('is found unchanged by apply, is exported whole, and a wrong scenario is refused with its place', async () => {
    const env = { STRATUS_DATA_DIR: dataDir }
    const same = await runCli(['apply', '-f', path.join(folder, 'stratus.yml'), '--dry-run'], { cwd: folder, env })
    expect(same.output).toMatch(/no changes|unchanged|nothing/i)
    const exported = await runCli(['export'], { cwd: folder, env })
    expect(exported.output).toContain('model.bakery.bread')
    const wrong = path.join(folder, 'wrong.yml')
    await writeFile(wrong, document.replace('outcome: error, message: disk full', 'outcome: explodes'))
    const refused = await runCli(['apply', '-f', wrong, '--dry-run'], { cwd: folder, env })
    expect(refused.code).not.toBe(0)
    expect(refused.output).toMatch(
      /wrong\.yml:\d+:\d+: .*simulation\.nodes\[0\]\.outcome: got "explodes", expected one of success/,
    )
  })
})
