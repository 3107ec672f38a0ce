import { formatSeconds } from '../lib/progress.mjs'
import { readStratus } from '../lib/stratus-server.mjs'

const successStatus = 10

/** Summarises the run that Airflow triggered, as Stratus's own API tells it. */
export async function summariseRun(ready, runId, times) {
  const run = await readStratus(ready, `runs/${runId}/?include_related=["run_steps","job"]`)
  const succeeded = run.status === successStatus
  const lines = [
    `Run ${run.id} of job "${run.job.name}": ${run.status_humanized}`,
    `  ${run.href}`,
    ...run.run_steps.map((step) => `  ${step.index}. ${step.name}: ${step.status_humanized}${tookOf(step)}`),
    ...(succeeded ? [await describeNodes(ready, runId)] : [`  ${run.status_message}`]),
    '',
    `  Time: installing ${formatSeconds(times.installMs)}, Stratus start ${formatSeconds(times.stratusMs)}, ` +
      `Airflow start ${formatSeconds(times.airflowMs)}, DAG ${formatSeconds(times.dagMs)}, ` +
      `of which the run${tookOf({ started_at: run.created_at, finished_at: run.finished_at })}`,
  ]
  return { succeeded, text: lines.join('\n') }
}

async function describeNodes(ready, runId) {
  const { results } = await readStratus(ready, `runs/${runId}/artifacts/run_results.json`)
  const count = (type, status) =>
    results.filter((node) => node.unique_id.startsWith(`${type}.`) && node.status === status).length
  return `  ${count('model', 'success')} models built, ${count('seed', 'success')} seeds loaded, ${count('test', 'pass')} tests passed`
}

function tookOf({ started_at, finished_at }) {
  if (!started_at || !finished_at) return ''
  return ` ${formatSeconds(parseDate(finished_at) - parseDate(started_at))}`
}

/** dbt Cloud writes a space where ISO 8601 has a T, and sometimes no zone, meaning UTC. */
function parseDate(text) {
  const iso = text.replace(' ', 'T')
  return Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(iso) ? iso : `${iso}Z`)
}
