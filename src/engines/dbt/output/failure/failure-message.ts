import path from 'node:path'
import * as z from 'zod'
import { readForeign } from '../../../../util/files/open-foreign.ts'
import { oneLine } from '../../../../util/text/one-line.ts'
import { type Failure, failureSentence } from '../../../steps/failure-sentence.ts'
import type { ProgramEnd } from '../../processes/guardian.ts'
import type { FailedNode, FailureNotes } from './failure-notes.ts'

const results = z.object({
  metadata: z.object({ invocation_id: z.string().nullish() }),
  results: z.array(
    z.object({
      unique_id: z.string(),
      status: z.string(),
      message: z.string().nullish(),
      max_loaded_at: z.string().nullish(),
      error: z.unknown().optional(),
    }),
  ),
})
type NodeResult = z.infer<typeof results>['results'][number]

/** Parsing a larger one would hold up the worker; then the events must do. */
const maxSize = 16 * 1024 * 1024

const failedStatuses = new Set(['error', 'fail', 'runtime error'])

export interface FailureMessage {
  readonly message: string
  /** It is true when the program has said it itself: then it stands in the step's log. */
  readonly isHeard: boolean
}

/** Says in one line what failed in a dbt invocation, where, and why. */
export async function failureMessage(target: string, notes: FailureNotes, end: ProgramEnd): Promise<FailureMessage> {
  const failed = await readFailedResults(target, notes)
  const told = new Set(failed.map(({ unique_id }) => unique_id))
  // A source whose query failed is in no results.
  const only = notes.failedNodes.filter(({ uniqueId }) => !told.has(uniqueId))
  const failures = [...failed.map((result) => failureOf(result, notes)), ...only.map(failureOfNode)]
  if (failures.length > 0) {
    const isHeard = failed.every((result) => isSource(result) || reasonHeard(result, notes) !== '')
    return { message: failureSentence(failures), isHeard }
  }
  if (end.kind === 'exited' && end.signal !== null) {
    return { message: `dbt was ended by the signal ${end.signal}${causeOf(end.signal)}.`, isHeard: false }
  }
  if (notes.fatal !== undefined) return { message: notes.fatal, isHeard: true }
  const exit = end.kind === 'exited' ? `dbt ended with exit code ${end.code}` : 'dbt ended'
  return { message: `${exit} and did not say why.`, isHeard: false }
}

async function readFailedResults(target: string, { invocationId }: FailureNotes): Promise<NodeResult[]> {
  const found = await Promise.all(['run_results.json', 'sources.json'].map((name) => readResults(target, name)))
  return (
    found
      // The results that another invocation left are none of this one.
      .filter((file) => file !== undefined && file.metadata.invocation_id === invocationId)
      .flatMap((file) => file?.results ?? [])
      .filter(({ status }) => failedStatuses.has(status))
  )
}

async function readResults(target: string, name: string): Promise<z.infer<typeof results> | undefined> {
  try {
    const text = await readForeign(path.join(target, name), { maxBytes: maxSize, below: target })
    return results.safeParse(JSON.parse(text.toString())).data
  } catch {
    return undefined // not written, or half written by a dbt that was killed, or no file at all
  }
}

function failureOf(result: NodeResult, notes: FailureNotes): Failure {
  const known = notes.failedNodes.find((node) => node.uniqueId === result.unique_id)
  const [type = 'node', , ...names] = result.unique_id.split('.')
  return {
    type: wordFor(known?.resourceType ?? type),
    name: known?.name ?? names[type === 'unit_test' ? 1 : 0] ?? result.unique_id,
    file: known?.path,
    isFinding: result.status === 'fail',
    reason: result.message || reasonHeard(result, notes),
    sentence: isSource(result) ? sourceSentence(result, known?.path) : undefined,
  }
}

function failureOfNode({ resourceType, name, path: file, status, reason }: FailedNode): Failure {
  return { type: wordFor(resourceType), name, file, isFinding: status === 'fail', reason }
}

/** Gives the reason that an event told. */
function reasonHeard({ unique_id }: NodeResult, notes: FailureNotes): string {
  const known = notes.failedNodes.find(({ uniqueId }) => uniqueId === unique_id)
  return known?.reason || (unique_id.startsWith('macro.') ? notes.operation : undefined) || ''
}

function isSource({ unique_id }: NodeResult): boolean {
  return unique_id.startsWith('source.')
}

function sourceSentence({ unique_id, max_loaded_at, error }: NodeResult, file: string | undefined): string {
  const source = unique_id.split('.').slice(2).join('.') + (file === undefined ? '' : ` (${file})`)
  if (typeof max_loaded_at === 'string') return `Source ${source} is stale: its newest row is from ${max_loaded_at}`
  return `The freshness of source ${source} could not be read${typeof error === 'string' ? `: ${oneLine(error)}` : ''}`
}

function wordFor(resourceType: string): string {
  return resourceType.replaceAll('_', ' ')
}

function causeOf(signal: string): string {
  return signal === 'SIGKILL' ? ', perhaps because the machine ran out of memory' : ''
}
