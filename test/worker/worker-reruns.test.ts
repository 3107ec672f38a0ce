import type { NewJob } from '../../src/db/schema/jobs.ts'
import { StoreUnavailableError } from '../../src/domain/store-errors.ts'
import { rerunJob, retryRun } from '../../src/runs/rerun-job.ts'
import { databaseKinds } from '../support/database/test-database.ts'
import { createJob } from '../support/rows.ts'
import { ScriptedEngine, succeeding } from '../support/scripted-engine.ts'
import { useWorkers } from '../support/worker-harness.ts'

const byStratus = { accountId: 1, assertMayRepeat: async () => {} }

describe.each(databaseKinds)('reruns by a worker on %s', (kind) => {
  const harness = useWorkers(kind)

  /** Fails at the first command that is named `dbt fails`, leaving results behind. */
  const failing: ScriptedEngine['script'] = async (plan, sink) => {
    let failed = false
    for (const step of plan.steps) {
      if (failed) {
        await sink.report({ type: 'stepFinished', step: step.index, end: { status: 'skipped' } })
        continue
      }
      await sink.report({ type: 'stepStarted', step: step.index })
      failed = step.command === 'dbt build'
      if (failed) await sink.report({ type: 'artifact', step: step.index, path: 'run_results.json', content: '{}' })
      await sink.report({ type: 'stepFinished', step: step.index, end: { status: failed ? 'error' : 'success' } })
    }
    return failed ? { outcome: 'error', message: 'dbt build failed' } : { outcome: 'success' }
  }
  const commands = { execute_steps: ['dbt seed', 'dbt build', 'dbt test'] } satisfies Partial<NewJob>

  test('a failed run resumes at its failed command, with the results of the failure', async () => {
    const engine = new ScriptedEngine(failing)
    harness.startWorker(engine)
    const job = await createJob(harness.db, commands)
    const first = await harness.released(await harness.trigger(job, { threads_override: 3 }))
    expect(first.status).toBe('error')
    const plans: unknown[] = []
    engine.script = (plan, sink, signal) => {
      plans.push(
        plan.threads,
        plan.retry,
        plan.steps.slice(3).map((step) => [step.command, step.resumes ?? false]),
      )
      return succeeding(plan, sink, signal)
    }
    const rerun = await rerunJob(harness, { ...byStratus, jobId: job })
    expect([rerun.retrying_run_id, rerun.cause_category]).toEqual([first.id, 'rerun'])
    expect((await harness.released(rerun.id)).status).toBe('success')
    expect(plans).toEqual([
      3,
      { runId: first.id, runResultsKey: `runs/${first.id}/1/5/run_results.json` },
      [
        ['dbt build', true],
        ['dbt test', false],
      ],
    ])
    await expect(retryRun(harness, { ...byStratus, runId: first.id })).rejects.toThrow(
      'it is not the latest run of its job',
    )
    const plain = await rerunJob(harness, { ...byStratus, jobId: job })
    expect(plain.retrying_run_id).toBeNull()
  })
  test.each<[string, { failures: number; waitMs: number; expected: unknown }]>([
    ['waited for', { failures: 2, waitMs: 60_000, expected: ['{}', ['it refuses']] }],
    ['given up', { failures: Number.POSITIVE_INFINITY, waitMs: 300, expected: ['it refuses', ['it refuses']] }],
  ])('results that a store does not give now are %s', async (_what, { failures, waitMs, expected }) => {
    const { get } = harness.artifacts
    let left = failures
    harness.artifacts = {
      ...harness.artifacts,
      get: (key, range) => (left-- > 0 ? Promise.reject(new StoreUnavailableError('it refuses')) : get(key, range)),
    }
    harness.artifactsWaitMs = waitMs
    const engine = new ScriptedEngine(failing)
    harness.startWorker(engine)
    const job = await createJob(harness.db, commands)
    await harness.released(await harness.trigger(job))
    const told: string[] = []
    let fetched: string | undefined
    engine.script = async (plan, sink, signal) => {
      const fetching = sink.fetchArtifact(plan.retry?.runResultsKey ?? '', (reason) => told.push(reason))
      fetched = await fetching.catch((error: unknown) => (error instanceof Error ? error.message : String(error)))
      return succeeding(plan, sink, signal)
    }
    await harness.released((await rerunJob(harness, { ...byStratus, jobId: job })).id)
    expect([fetched, told]).toEqual(expected)
  })
})
