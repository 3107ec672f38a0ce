import * as z from 'zod'
import { InvalidRequestError } from '../errors.ts'
import { slimManifest } from './manifest.ts'
import type { NodeRule, Scenario } from './scenario.ts'

const runResults = z.object({
  metadata: z.object({ dbt_version: z.string().nullish() }),
  results: z.array(
    z.object({
      unique_id: z.string(),
      status: z.string(),
      execution_time: z.number(),
      message: z.string().nullish(),
      failures: z.number().nullish(),
      adapter_response: z.record(z.string(), z.unknown()).nullish(),
    }),
  ),
})
type RecordedResult = z.infer<typeof runResults>['results'][number]

/**
 * The scenario that plays a recorded run again: its nodes take as long and end as they did. What was skipped then is
 * skipped again because of what failed. Throws InvalidRequestError when the contents are not dbt's artifacts.
 */
export function replayScenario(manifest: unknown, results: unknown): Scenario {
  const parsed = runResults.safeParse(results)
  if (!parsed.success) throw new InvalidRequestError('This is not a run_results.json of dbt.')
  const version = parsed.data.metadata.dbt_version
  return {
    manifest: slimManifest(manifest),
    ...(version?.startsWith('1.') && { dbt_version: version }),
    nodes: parsed.data.results.filter(({ status }) => status !== 'skipped').map(ruleFor),
  }
}

function ruleFor(result: RecordedResult): NodeRule {
  const outcome = outcomes.get(result.status) ?? 'success'
  const rows = result.adapter_response?.rows_affected
  return {
    select: result.unique_id,
    duration: result.execution_time,
    outcome,
    ...(outcome !== 'success' && result.message && { message: result.message }),
    ...(outcome !== 'success' && result.failures && { failures: result.failures }),
    ...(typeof rows === 'number' && rows >= 0 && { rows }),
  }
}

const outcomes = new Map<string, 'error' | 'fail' | 'warn'>([
  ['error', 'error'],
  ['runtime error', 'error'],
  ['partial success', 'error'],
  ['fail', 'fail'],
  ['warn', 'warn'],
])
