import { setTimeout as sleep } from 'node:timers/promises'
import { PlainError } from '../lib/plain-error.mjs'
import { postStratus, readStratus } from '../lib/stratus-server.mjs'

const rounds = 10

/** Starts runs, of several jobs at a time, until each of the workers has executed one. */
export async function shareRuns(stratus, workers) {
  const executed = new Map(workers.map(({ pid }) => [pid, 0]))
  for (let round = 1; round <= rounds; round++) {
    const started = await Promise.all(
      [1, 2, 3].map((job) => postStratus(stratus, `jobs/${job}/run/`, { cause: 'stack', steps_override: ['dbt ls'] })),
    )
    for (const { id } of started) {
      const run = await untilEnded(stratus, id)
      // A worker's name is its machine, its process and something by chance.
      const pid = Number(run.executed_by_thread_id.split('-').at(-2))
      if (executed.has(pid)) executed.set(pid, executed.get(pid) + 1)
    }
    const counts = [...executed.values()]
    if (counts.every((count) => count > 0)) return `${counts.join(' and ')} of ${3 * round} runs`
  }
  throw new PlainError(`After ${rounds} rounds the workers have executed ${[...executed.values()]} runs.`)
}

async function untilEnded(stratus, runId) {
  const deadline = Date.now() + 60_000
  for (;;) {
    const run = await readStratus(stratus, `runs/${runId}/`)
    if (run.is_complete) {
      if (!run.is_success) throw new PlainError(`Run ${runId} is ${run.status_humanized}: ${run.status_message}`)
      return run
    }
    if (Date.now() > deadline) throw new PlainError(`Run ${runId} has not ended after 60 s.`)
    await sleep(100)
  }
}
