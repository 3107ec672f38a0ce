import * as z from 'zod'
import { manifestSchema } from './manifest.ts'

/*
 * The simulated engine plays this. Rules are lists and not mappings, because their order counts: the last rule that
 * matches wins, key by key. A schema's message says what it expects, as the end of a sentence.
 */

/** A mapping with these keys and no others. Its message for an unknown key is the list of known ones. */
function mapping<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : undefined),
  })
}

const filledText = z.string().refine((text) => text.trim() !== '', { error: 'text that is not empty' })
/** Dots separate the words of a node's unique id. */
const word = z.string().regex(/^\w+$/, { error: 'a name of letters, digits and underscores' })

const dayInSeconds = 86_400
const secondsError = `seconds, from 0 to ${dayInSeconds}`
const seconds = z.number({ error: secondsError }).min(0, { error: secondsError }).max(dayInSeconds, {
  error: secondsError,
})
const duration = z.union([seconds, z.tuple([seconds, seconds])], {
  error: 'seconds, or a list of the fewest and the most seconds',
})

function count(min: number, max: number) {
  const error = `a whole number from ${min} to ${max}`
  return z.int({ error }).min(min, { error }).max(max, { error })
}

const lines = z.array(z.string(), { error: 'a list of lines' })
const failFirst = count(0, 1000)

const stepRule = mapping({
  /** Matches a step's kind, its command, or the beginning of its command followed by a star. */
  step: filledText,
  duration: duration.optional(),
  outcome: z.enum(['success', 'error']).optional(),
  message: filledText.optional(),
  log: lines.optional(),
  debug_log: lines.optional(),
  fail_first: failFirst.optional(),
})

const nodeRule = mapping({
  /** The words are those of `dbt build --select`, or a node's unique id. */
  select: filledText,
  duration: duration.optional(),
  outcome: z.enum(['success', 'error', 'fail', 'warn']).optional(),
  /** The database says it in these words. */
  message: filledText.optional(),
  error_type: z.enum(['Database Error', 'Runtime Error', 'Compilation Error']).optional(),
  /** Rows that a test finds. */
  failures: count(1, 1_000_000_000).optional(),
  /** Rows that a model writes. */
  rows: count(0, 1_000_000_000).optional(),
  /** Counts seconds since the newest row of a source. */
  age: z.number().min(0, { error: 'seconds, at least 0' }).optional(),
  log: lines.optional(),
  debug_log: lines.optional(),
  fail_first: failFirst.optional(),
})

const graphNode = mapping({
  name: word,
  resource_type: z.enum(['model', 'seed', 'snapshot', 'test', 'source', 'exposure']).optional(),
  /** Names of other nodes of the graph; a source is named `source.table`. */
  depends_on: z.array(filledText, { error: 'a list of names' }).optional(),
  /** A source's first name. */
  source: word.optional(),
  materialized: z.enum(['view', 'table', 'incremental', 'ephemeral']).optional(),
  path: filledText.optional(),
  tags: z.array(filledText, { error: 'a list of tags' }).optional(),
})

const graph = mapping({
  project: word.optional(),
  nodes: z.array(graphNode, { error: 'a list of nodes' }).optional(),
  /** Stands instead of nodes: so many models lie in layers. */
  models: count(1, 20_000).optional(),
  tests: count(0, 40_000).optional(),
}).refine(({ nodes, models }) => nodes === undefined || models === undefined, {
  error: 'either nodes or a number of models, not both',
})

export const scenarioSchema = mapping({
  seed: z.int({ error: 'a whole number' }).optional(),
  time_scale: z
    .number({ error: 'a number from 0 to 1000' })
    .min(0, { error: 'a number from 0 to 1000' })
    .max(1000, { error: 'a number from 0 to 1000' })
    .optional(),
  dbt_version: z
    .string({ error: 'a version of dbt 1 in quotes' })
    .regex(/^1\.\d+\.\d\w*$/, { error: 'a version of dbt 1, such as 1.11.16' })
    .optional(),
  manifest: z
    .union([filledText, manifestSchema], { error: 'the path of a manifest.json, or what stands in one' })
    .optional(),
  /** A recorded run to play again; resolved to a manifest and rules before an engine sees it. */
  replay: mapping({ manifest: filledText, run_results: filledText }).optional(),
  graph: graph.optional(),
  fail_first: failFirst.optional(),
  count_from: z.enum(['first_run', 'last_success']).optional(),
  compiled_files: z.boolean().optional(),
  steps: z.array(stepRule, { error: 'a list of rules' }).optional(),
  nodes: z.array(nodeRule, { error: 'a list of rules' }).optional(),
}).refine((scenario) => [scenario.manifest, scenario.graph, scenario.replay].filter(Boolean).length < 2, {
  error: 'one of manifest, graph and replay, not two of them',
})

export type Scenario = z.infer<typeof scenarioSchema>
export type NodeRule = z.infer<typeof nodeRule>
export type StepRule = z.infer<typeof stepRule>
export type GraphDocument = z.infer<typeof graph>
export type GraphNodeDocument = z.infer<typeof graphNode>
export type SimulatedDuration = z.infer<typeof duration>
