import { findRunId } from '../../client/find-run.ts'
import { readOverview, readSlowestNodes } from '../../client/overview-api.ts'
import { type DetailedRun, readWholeRun } from '../../client/run-api.ts'
import { retryNotSupportedSentences } from '../../domain/runs/retry-not-supported.ts'
import { describeStep } from '../follow/run-view.ts'
import { openClient } from '../open-client.ts'
import { durationCell, statusCell, timeCell } from '../output/cells.ts'
import { describeFailedNodes, describeSlowestNodes, nodeCountsLine } from '../output/describe-nodes.ts'
import { type Cell, print, printJson, table } from '../output/terminal.ts'
import { plainText } from '../output/terminal-text.ts'

interface ShowOptions extends Readonly<Record<string, unknown>> {
  readonly json?: boolean
}

const mostSlowest = 5

/** `stratus show RUN`: what became of a run and of its nodes, without its logs. */
export async function show(idOrJob: string, options: ShowOptions): Promise<void> {
  using client = await openClient(options)
  const id = await findRunId(client, idOrJob)
  const [run, overview, slowest] = await Promise.all([
    readWholeRun(client, id),
    readOverview(client, id),
    readSlowestNodes(client, id, mostSlowest),
  ])
  if (options.json) return printJson({ ...run, overview, slowest_nodes: slowest })
  const { counts, failure } = overview
  print(
    [
      table([...factsOf(run), ...(counts === null ? [] : [['Nodes', nodeCountsLine(counts)]])]),
      ...describeSteps(run),
      ...describeFailedNodes(failure?.nodes ?? [], failure?.total ?? 0),
      ...describeSlowestNodes(slowest),
      ...(run.status_message ? ['', run.status_message] : []),
    ].join('\n'),
  )
}

function factsOf(run: DetailedRun): Cell[][] {
  const commit = [run.git_sha, run.git_branch && `on ${run.git_branch}`].filter(Boolean).join(' ')
  return [
    ['Run', String(run.id)],
    ['Job', `${run.job?.name ?? ''} (job ${run.job_definition_id})`],
    ['Environment', run.environment?.name ?? '–'],
    ['Status', statusCell(run)],
    ...(run.blocked_by.length > 0 ? [['Waits for', `run ${run.blocked_by.join(', ')}`]] : []),
    ['Cause', run.trigger?.cause ?? '–'],
    ...(commit === '' ? [] : [['Commit', commit]]),
    ['Queued at', timeCell(run.created_at)],
    ['Started at', timeCell(run.started_at)],
    ['Took', durationCell(run)],
    ...(run.is_error ? [['Retry', run.can_retry ? `stratus retry ${run.id}` : `no: ${whyNot(run)}`]] : []),
    ['Page', run.href],
  ]
}

function whyNot({ retry_not_supported_reason: reason }: DetailedRun): string {
  const sentences: Readonly<Record<string, string>> = retryNotSupportedSentences
  return sentences[reason ?? ''] ?? reason ?? 'the server does not say why.'
}

function describeSteps({ run_steps: steps }: DetailedRun): string[] {
  if (steps.length === 0) return []
  return ['', ...steps.map((step) => `${plainText(String(step.index))}  ${describeStep(step)}`)]
}
