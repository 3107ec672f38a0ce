import type { RunRow } from '../../db/schema/runs.ts'
import { isFinalStatus } from '../../domain/runs/run-status.ts'
import { humanizeSeconds } from '../../domain/text/humanize-duration.ts'
import type { StepWithLogs } from '../../runs/run-log.ts'
import { secondsBetween } from '../presenters/time/durations.ts'
import { wireRunStatuses, wireStepStatuses } from '../presenters/wire-status.ts'
import { type Html, html } from './html.ts'
import { page } from './page.ts'

export interface RunPageInput {
  readonly run: RunRow
  readonly jobName: string
  readonly projectName: string
  readonly environmentName: string
  /** The run whose end started this one. */
  readonly upstream: RunRow | undefined
  readonly steps: readonly StepWithLogs[]
  readonly now: Date
}

const tailLines = 200

/** Shows a run to a browser: its status, what failed, its steps, and the end of the log that matters most. */
export function runPage({ run, jobName, projectName, environmentName, upstream, steps, now }: RunPageInput): string {
  const status = wireRunStatuses[run.status].word
  const live = !isFinalStatus(run.status)
  const body = html`
<p class="quiet">${projectName} › ${environmentName} › ${jobName}</p>
<h1>Run ${run.id} <span class="status ${status}">${status}</span></h1>
${run.status_message === null ? undefined : html`<p class="failure">${run.status_message}</p>`}
<table>
${triggerRows(run, upstream)}
${row('Created', run.created_at.toISOString())}
${row('Waited', humanizeSeconds(secondsBetween(run.created_at, run.started_at ?? now)))}
${run.started_at === null ? undefined : row('Ran', humanizeSeconds(secondsBetween(run.started_at, run.finished_at ?? now)))}
${run.git_sha === null ? undefined : row('Commit', `${run.git_sha}${run.git_branch === null ? '' : ` (${run.git_branch})`}`)}
${run.dbt_version === null ? undefined : row('dbt', run.dbt_version)}
</table>
<h2>Steps</h2>
<table>
${steps.map((each) => stepRow(each, now))}
</table>
${logTail(steps)}`
  return page(`Run ${run.id} · ${jobName}`, body, live ? { refreshSeconds: 3 } : {})
}

/** A cause with lineage is JSON, which the ids say better. */
function triggerRows({ cause, orchestrator }: RunRow, upstream: RunRow | undefined): Html[] {
  const lineage = orchestrator?.lineage ?? null
  const rows =
    lineage === null
      ? [row('Trigger', cause)]
      : [row('Trigger', `A job of ${lineage.parent.namespace}, by OpenLineage`)]
  if (orchestrator?.dag_id) rows.push(row('Airflow task', `${orchestrator.task_id} of ${orchestrator.dag_id}`))
  for (const [name, asked] of [
    ['Lineage parent', lineage?.parent],
    ['Lineage root', lineage?.root],
  ] as const) {
    if (asked) rows.push(row(name, `${asked.namespace}/${asked.job_name}/${asked.run_id}`))
  }
  if (upstream !== undefined) {
    const { account_id, project_id, id } = upstream
    const address = `/deploy/${account_id}/projects/${project_id}/runs/${id}/`
    rows.push(html`<tr><th>Follows</th><td><a href="${address}">run ${id}</a></td></tr>`)
  }
  return rows
}

function row(name: string, value: string): Html {
  return html`<tr><th>${name}</th><td>${value}</td></tr>`
}

function stepRow({ step }: StepWithLogs, now: Date): Html {
  const { word } = wireStepStatuses[step.status]
  const took = step.started_at === null ? '' : humanizeSeconds(secondsBetween(step.started_at, step.finished_at ?? now))
  const failure = step.status_message === null ? undefined : html`<br>${step.status_message}`
  return html`<tr><td>${step.index}</td><td>${step.name}${failure}</td><td><span class="status ${word}">${word}</span></td><td>${took}</td></tr>`
}

/** Shows the log of the step that failed, or else of the last that said something. */
function logTail(steps: readonly StepWithLogs[]): Html | undefined {
  const speaking = steps.filter(({ consoleLog }) => consoleLog !== '')
  const chosen = speaking.find(({ step }) => step.status === 'error') ?? speaking.at(-1)
  if (chosen === undefined) return undefined
  const lines = chosen.consoleLog.trimEnd().split('\n')
  const heading = lines.length > tailLines ? `last ${tailLines} of ${lines.length} lines` : `${lines.length} lines`
  return html`<h2>Log of step ${chosen.step.index} <small class="quiet">(${heading})</small></h2>
<pre>${lines.slice(-tailLines).join('\n')}</pre>`
}
