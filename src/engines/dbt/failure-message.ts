import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod'
import { oneLine, shorten } from '../../util/one-line.ts'
import type { FailedNode, FailureNotes } from './failure-notes.ts'
import type { ProgramEnd } from './guardian.ts'

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

/** In one line: what failed in a dbt invocation, where, and the first line of the reason. */
export async function failureMessage(target: string, notes: FailureNotes, end: ProgramEnd): Promise<string> {
  const failed = await readFailedResults(target, notes)
  const [first, ...others] = failed
  if (first !== undefined) return shorten(describe(first, notes) + andMore(others.length))
  const [node, ...otherNodes] = notes.failedNodes
  if (node !== undefined) return shorten(`Error in ${placeOf(node)}${andMore(otherNodes.length)}`)
  if (end.kind === 'exited' && end.signal !== null)
    return `dbt was ended by the signal ${end.signal}${causeOf(end.signal)}.`
  const exit = end.kind === 'exited' ? `dbt ended with exit code ${end.code}` : 'dbt ended'
  return notes.fatal ?? `${exit} and did not say why.`
}

async function readFailedResults(target: string, { invocationId }: FailureNotes): Promise<NodeResult[]> {
  const found = await Promise.all(
    ['run_results.json', 'sources.json'].map((name) => readResults(path.join(target, name))),
  )
  return (
    found
      // What another invocation left is no result of this one.
      .filter((file) => file !== undefined && file.metadata.invocation_id === invocationId)
      .flatMap((file) => file?.results ?? [])
      .filter(({ status }) => failedStatuses.has(status))
  )
}

async function readResults(file: string): Promise<z.infer<typeof results> | undefined> {
  try {
    if ((await stat(file)).size > maxSize) return undefined
    return results.safeParse(JSON.parse(await readFile(file, 'utf8'))).data
  } catch {
    return undefined // not written, or half written by a dbt that was killed
  }
}

function describe(result: NodeResult, notes: FailureNotes): string {
  const [type = 'node', , name = result.unique_id] = result.unique_id.split('.')
  const known = notes.failedNodes.find((node) => node.uniqueId === result.unique_id)
  const node = known ?? { uniqueId: result.unique_id, name, resourceType: type, path: undefined }
  if (type === 'source') return describeSource(result)
  const message = oneLine(result.message ?? '')
  // dbt's own words often name kind and place: "Database Error in model orders (models/orders.sql)".
  if (/^\S.* in \S+ .*\(.*\)/.test(message)) return message
  const kind = result.status === 'fail' ? 'Failure' : 'Error'
  return `${kind} in ${placeOf(node)}${message === '' ? '' : `: ${message}`}`
}

function describeSource({ unique_id, max_loaded_at, error }: NodeResult): string {
  const name = unique_id.split('.').slice(2).join('.')
  if (typeof max_loaded_at === 'string') return `Source ${name} is stale: its newest row is from ${max_loaded_at}`
  return `The freshness of source ${name} could not be read${typeof error === 'string' ? `: ${oneLine(error)}` : ''}`
}

function placeOf({ resourceType, name, path: file }: FailedNode): string {
  return `${resourceType} ${name}${file ? ` (${file})` : ''}`
}

function andMore(count: number): string {
  return count === 0 ? '' : ` … and ${count} more`
}

function causeOf(signal: string): string {
  return signal === 'SIGKILL' ? ', perhaps because the machine ran out of memory' : ''
}
