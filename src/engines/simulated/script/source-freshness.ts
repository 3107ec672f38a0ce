import * as z from 'zod'
import type { NodeRule } from '../../../domain/scenarios/scenario.ts'
import type { GraphNode } from '../graph/node-graph.ts'
import { durationMs } from './merge-rules.ts'
import type { NodeBehaviour } from './node-behaviour.ts'

const threshold = z.object({ count: z.number(), period: z.enum(['minute', 'hour', 'day']) })
const criteria = z.looseObject({
  warn_after: threshold.nullish().catch(undefined),
  error_after: threshold.nullish().catch(undefined),
})

/** dbt's thresholds are incomplete where none was set: those are left out. */
export interface Freshness {
  readonly warnAfterSeconds: number | undefined
  readonly errorAfterSeconds: number | undefined
}

/** dbt does not look at a source without criteria, for which this is undefined. */
export function freshnessOf({ content }: GraphNode): Freshness | undefined {
  const parsed = criteria.safeParse(content.freshness ?? content.config?.freshness)
  if (!parsed.success) return undefined
  const warnAfterSeconds = secondsOf(parsed.data.warn_after)
  const errorAfterSeconds = secondsOf(parsed.data.error_after)
  return warnAfterSeconds === undefined && errorAfterSeconds === undefined
    ? undefined
    : { warnAfterSeconds, errorAfterSeconds }
}

const periods = { minute: 60, hour: 3600, day: 86_400 }

function secondsOf(value: z.infer<typeof threshold> | null | undefined): number | undefined {
  return value ? value.count * periods[value.period] : undefined
}

export interface SourceBehaviour extends NodeBehaviour {
  readonly ageSeconds: number
}

/** A source is as stale as its rule's outcome says, else as its age makes it. */
export function sourceBehaviour(limits: Freshness, rule: NodeRule | undefined, random: () => number): SourceBehaviour {
  const asked = rule?.outcome === 'fail' ? 'error' : rule?.outcome
  const ageSeconds = rule?.age ?? usualAge(limits, asked ?? 'success')
  const status =
    asked === 'warn' || asked === 'error' ? asked : asked === 'success' ? 'pass' : statusAt(ageSeconds, limits)
  return {
    status,
    ageSeconds,
    durationMs: durationMs(rule?.duration, [0.05, 0.3], random),
    message: null,
    failures: null,
    adapterResponse: { _message: 'OK' },
    log: rule?.log ?? [],
    debugLog: rule?.debug_log ?? [],
  }
}

function statusAt(age: number, { warnAfterSeconds, errorAfterSeconds }: Freshness): 'pass' | 'warn' | 'error' {
  if (errorAfterSeconds !== undefined && age > errorAfterSeconds) return 'error'
  return warnAfterSeconds !== undefined && age > warnAfterSeconds ? 'warn' : 'pass'
}

function usualAge({ warnAfterSeconds, errorAfterSeconds }: Freshness, outcome: 'success' | 'warn' | 'error'): number {
  const first = warnAfterSeconds ?? errorAfterSeconds ?? 0
  const last = errorAfterSeconds ?? first * 2
  if (outcome === 'success') return first / 2
  return outcome === 'error' ? last * 1.5 : (first + last) / 2
}
