import * as z from 'zod'
import { InvalidRequestError } from '../errors.ts'

const texts = z.array(z.string()).nullish()

/** Stratus reads only these keys of a node of dbt's manifest.json; everything else is kept as it is. */
const node = z.looseObject({
  unique_id: z.string(),
  name: z.string(),
  resource_type: z.string(),
  package_name: z.string().nullish(),
  original_file_path: z.string().nullish(),
  path: z.string().nullish(),
  fqn: texts,
  tags: texts,
  alias: z.string().nullish(),
  database: z.string().nullish(),
  schema: z.string().nullish(),
  relation_name: z.string().nullish(),
  language: z.string().nullish(),
  compiled_code: z.string().nullish(),
  raw_code: z.string().nullish(),
  source_name: z.string().nullish(),
  group: z.string().nullish(),
  loaded_at_field: z.string().nullish(),
  freshness: z.unknown().optional(),
  config: z.record(z.string(), z.unknown()).nullish(),
  depends_on: z.looseObject({ nodes: texts }).nullish(),
})

const nodes = z.record(z.string(), node)

export const manifestSchema = z.looseObject({
  metadata: z.looseObject({ project_name: z.string().nullish(), adapter_type: z.string().nullish() }),
  nodes,
  sources: nodes.nullish(),
  exposures: nodes.nullish(),
  unit_tests: nodes.nullish(),
})

export type Manifest = z.infer<typeof manifestSchema>
export type ManifestNode = z.infer<typeof node>

/** Large, and of no use to a simulation or to those who read its artifacts. */
const dropped = { macros: {}, docs: {}, disabled: {} }

/** The manifest without what makes it large. Throws InvalidRequestError when it is none. */
export function slimManifest(content: unknown): Manifest {
  const parsed = manifestSchema.safeParse(content)
  if (parsed.success) return { ...parsed.data, ...dropped }
  const [issue] = parsed.error.issues
  throw new InvalidRequestError(
    `This is not a manifest.json of dbt: ${issue?.path.join('.') || 'the whole'}: ${issue?.message}`,
  )
}
