import * as z from 'zod'
import { StoreError } from '../../domain/store-errors.ts'
import { parseJson } from '../../util/objects/parse-json.ts'
import type { RunPlan, RunResources } from '../run-engine.ts'

const earlierResults = z.object({
  metadata: z.object({ dbt_version: z.string().nullish() }).optional(),
  args: z
    .looseObject({
      target: z.string().nullish(),
      profile: z.string().nullish(),
      state: z.string().nullish(),
      defer_state: z.string().nullish(),
      warn_error: z.boolean().nullish(),
      warn_error_options: z.looseObject({}).nullish(),
    })
    .optional(),
  results: z.array(z.object({ unique_id: z.string(), status: z.string() })),
})

const argsAlone = z.looseObject({ args: z.looseObject({ partial_parse_file_path: z.unknown() }) })

/** `dbt retry` depends on these results of a failed invocation of dbt. */
export interface EarlierResults {
  readonly majorVersion: number
  /** The nodes that `dbt retry` takes up again. */
  readonly unfinished: readonly string[]
  /** It is undefined where dbt does not say it. */
  readonly target: string | undefined
  readonly profile: string | undefined
  /** The invocation compared with these folders or deferred to them. */
  readonly states: readonly string[]
  /** Says why `dbt retry` would leave out some of what had failed; undefined if it would not. */
  readonly gap: string | undefined
}

const unfinishedStatuses = new Set(['error', 'fail', 'skipped', 'runtime error', 'partial success'])

/** Fetches what the run resumes, waiting for a store that does not answer; answers why it cannot be resumed, if so. */
export async function fetchEarlierResults(
  { retry }: Pick<RunPlan, 'retry'>,
  worker: Pick<RunResources, 'fetchArtifact'>,
  say: (sentence: string) => void,
): Promise<{ readonly text: string; readonly results: EarlierResults } | string> {
  if (retry === undefined) return 'there is no earlier run to resume'
  const named = `the results of run ${retry.runId}`
  const onWait = (reason: string) => say(`Waiting for ${named}: the store of artifacts does not answer (${reason}).`)
  let text: string | undefined
  try {
    text = await worker.fetchArtifact(retry.runResultsKey, onWait)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    return `${named} could not be fetched (${error.message})`
  }
  if (text === undefined) return `${named} are not available any more`
  const results = readEarlierResults(text)
  return results === undefined ? `${named} cannot be read` : { text, results }
}

/** Reads a run_results.json; undefined if the text is none. */
function readEarlierResults(text: string): EarlierResults | undefined {
  const parsed = earlierResults.safeParse(parseJson(text))
  if (!parsed.success) return undefined
  const { metadata, args, results } = parsed.data
  const unfinished = results.filter(({ status }) => unfinishedStatuses.has(status)).map((result) => result.unique_id)
  return {
    majorVersion: Number.parseInt(metadata?.dbt_version ?? '', 10),
    unfinished,
    target: args?.target ?? undefined,
    profile: args?.profile ?? undefined,
    states: [args?.state, args?.defer_state].filter((folder) => typeof folder === 'string'),
    gap: gapOf(parsed.data, unfinished),
  }
}

/**
 * The same run_results.json without the place of the parsed project: `dbt retry` takes it from there before it looks at
 * its own, and the earlier run's folder is gone.
 */
export function withoutParsedProject(text: string): string {
  const parsed = argsAlone.safeParse(parseJson(text))
  if (!parsed.success) return text
  const { partial_parse_file_path: _gone, ...args } = parsed.data.args
  return JSON.stringify({ ...parsed.data, args })
}

type ParsedResults = z.infer<typeof earlierResults>

function gapOf({ args, results }: ParsedResults, unfinished: readonly string[]): string | undefined {
  const isOperation = args?.which === 'run-operation'
  if (unfinished.length === 0) return 'no single model or test had failed'
  if (!isOperation && unfinished.some((id) => id.startsWith('operation.'))) {
    return 'a hook had failed, which dbt retry does not run again'
  }
  if (results.some(({ status }) => status === 'cancelled')) return 'some of it had been cancelled'
  const warningsAreErrors = args?.warn_error === true || hasErrors(args?.warn_error_options)
  if (warningsAreErrors && results.some(({ status }) => status === 'warn')) {
    return 'a warning had counted as an error, which dbt retry does not run again'
  }
  return undefined
}

/** `include` is the older name. */
function hasErrors(options: Readonly<Record<string, unknown>> | null | undefined): boolean {
  return [options?.error, options?.include].some((names) => (Array.isArray(names) ? names.length > 0 : names === 'all'))
}
