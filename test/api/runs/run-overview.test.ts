import path from 'node:path'
import { GitRepository } from '../../engines/git/git-repository.ts'
import { useWarmDbt } from '../../engines/support/engine-harness.ts'
import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { createGitJob } from '../../support/rows.ts'
import { type ApiWorker, startApiWorker } from './api-worker.ts'

const dbt = useWarmDbt()
let api: TestApi
let worker: ApiWorker
let repository: GitRepository
let jobId: number
beforeAll(async () => {
  api = await createTestApi()
  worker = await startApiWorker(api)
  repository = await GitRepository.create(path.join(worker.folder, 'shop'), {
    'dbt_project.yml': 'name: shop\nversion: "1.0"\nprofile: shop\n',
    'profiles.yml': 'shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb, threads: 1}}}\n',
    'models/raw.sql': 'select 1 as id, 100 as amount\n',
    'models/orders.sql': good,
    'models/kpis.sql': "select sum(amount) as total from {{ ref('orders') }}\n",
    'models/shop.yml': schema,
  })
  jobId = await createGitJob(api.ctx.db)
  await api.ctx.db.updateTable('projects').set({ git_url: repository.folder }).execute()
  await api.ctx.db.updateTable('environments').set({ dbt_command: dbt.program }).execute()
}, 60_000)
afterAll(async () => {
  await worker[Symbol.asyncDispose]()
  await api.close()
})

const good =
  "{{ config(materialized='table') }}\n-- Amounts are cents.\nselect\n  id,\n  amount / 100 as amount\nfrom {{ ref('raw') }}\n"
const bad = good.replace('amount / 100', 'amont / 100')
const schema = `groups: [{name: finance, owner: {name: Ann}}]
models: [{name: orders, config: {group: finance}}]
exposures: [{name: weekly_kpis, type: dashboard, owner: {email: bea@shop.example}, depends_on: ["ref('kpis')"]}]
`

async function overviewOf(runId: number) {
  return (await api.get(`/api/stratus/v1/accounts/1/runs/${runId}/overview/`).expect(200)).body.data
}

test('a failed run of real dbt says what failed, where, since when, whose it is and what is not built because of it', async () => {
  const first = await worker.run(jobId)
  const before = await overviewOf(first)
  expect(before).toMatchObject({
    ...{ status: 'success', failure: null, commits_since: null, failing_since_run_id: null, can_retry: false },
    counts: { success: 4, warn: 0, error: 0, skipped: 0, running: 0, total: 4 },
    commit: { sha: expect.stringMatching(/^[0-9a-f]{40}$/), author: 'Test', subject: 'change' },
    usual: { n: 1 },
  })
  const sha = await repository.commit({ 'models/orders.sql': bad })
  const second = await worker.run(jobId)
  const third = await worker.run(jobId)

  const overview = await overviewOf(third)
  expect(overview).toMatchObject({
    ...{ status: 'error', can_retry: true, previous_run_id: second, next_run_id: null, git_branch: 'trunk' },
    ...{ failing_since_run_id: second, last_good_run_id: first, fixed_by_run_id: null },
    counts: { success: 1, error: 1, skipped: 2, total: 4 },
    commits_since: {
      from: before.git_sha,
      to: sha,
      commits: [{ sha, author: 'Test', subject: 'change' }],
      has_more: false,
    },
    failure: { kind: 'node', step_index: 4, total: 1, skipped: 2, exposures: ['weekly_kpis'], exposure_count: 1 },
  })
  expect(overview.failure.nodes).toMatchObject([
    {
      ...{ unique_id: 'model.shop.orders', path: 'models/orders.sql', line: 5, group: 'finance', owner: 'Ann' },
      ...{ compiled_path: 'compiled/shop/models/orders.sql', skipped: 1, exposures: ['weekly_kpis'], status: 'error' },
      ...{ failing_since_run_id: second, failing_runs: 2, last_good_run_id: first },
      message: expect.stringContaining('amont'),
      excerpt: { of: 'compiled', lines: expect.arrayContaining(['  amont / 100 as amount']) },
    },
  ])
  const [{ excerpt }] = overview.failure.nodes
  expect(excerpt.lines[excerpt.line - excerpt.first]).toBe('  amont / 100 as amount')
  expect(overview.parts.map(({ name }: { name: string }) => name)).toEqual([
    ...['queued', 'starting', 'clone', 'profile', 'deps', 'command'],
  ])

  await repository.commit({ 'models/orders.sql': good })
  const fourth = await worker.run(jobId)
  expect(await overviewOf(third)).toMatchObject({ fixed_by_run_id: fourth, next_run_id: fourth, can_retry: false })
  expect(await overviewOf(fourth)).toMatchObject({ status: 'success', failure: null, usual: { n: 2 } })
}, 120_000)

test('the timeline of real dbt has each node on its thread, and the chain that took longest', async () => {
  const id = await worker.run(jobId)
  const path = `/api/stratus/v1/accounts/1/runs/${id}/timeline/`
  const timeline = (await api.get(path).expect(200)).body.data
  expect(timeline.parts.map(({ name }: { name: string }) => name)).toEqual([
    ...['queued', 'starting', 'clone', 'profile', 'deps', 'command', 'before nodes'],
  ])
  const { nodes, metrics } = timeline.steps.at(-1)
  const names = nodes.map(({ name }: { name: string }) => name)
  expect(names.slice(0, 3)).toEqual(['raw', 'orders', 'kpis'])
  for (const [index, node] of nodes.slice(0, 3).entries()) {
    expect(node).toMatchObject({ status: 'success', thread: expect.stringContaining('Thread-1'), is_critical: true })
    expect(node.ready_at).toBe(index === 0 ? null : nodes[index - 1].finished_at)
    if (index > 0) expect(Date.parse(node.started_at)).toBeGreaterThanOrEqual(Date.parse(node.ready_at))
  }
  const sum = nodes.reduce((total: number, { seconds }: { seconds: number | null }) => total + (seconds ?? 0), 0)
  expect(metrics).toMatchObject({
    peak_concurrency: 1,
    critical_path: expect.closeTo(sum, 2),
    first_node_at: nodes[0].started_at,
  })
  expect((await api.get(`${path}?step=4`).expect(200)).body.data.steps).toHaveLength(1)
  await api.get(`${path}?step=9`).expect(404)
  await api.get(`${path}?step=zero`).expect(400)
}, 60_000)

test('a model that cannot be compiled shows the lines of its source', async () => {
  const source = '{% if execute %}\n{{ nothing.at_all() }}\n{% endif %}\nselect 1 as id\n'
  await repository.commit({ 'models/raw.sql': source })
  const { failure } = await overviewOf(await worker.run(jobId))
  expect(failure.nodes).toMatchObject([
    {
      unique_id: 'model.shop.raw',
      excerpt: { of: 'source', lines: expect.arrayContaining(['{{ nothing.at_all() }}']) },
    },
  ])
}, 60_000)

test('a run that failed before any node says which step', async () => {
  await repository.commit({ 'dbt_project.yml': 'name: shop\nversion: "1.0"\nprofile: gone\n' })
  const overview = await overviewOf(await worker.run(jobId))
  expect(overview).toMatchObject({ status: 'error', counts: null, failure: { kind: 'step', nodes: [], total: 0 } })
  expect(overview.failure.message).toContain('gone')
}, 60_000)
