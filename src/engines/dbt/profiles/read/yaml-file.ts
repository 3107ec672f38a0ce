import path from 'node:path'
import { errorCode } from '../../../../util/error-code.ts'
import { readForeign, UnfitFile } from '../../../../util/files/open-foreign.ts'
import { type Parsed, parsePyyaml } from '../../../../util/pyyaml/parse-pyyaml.ts'
import { StepFailure } from '../../../steps/step-failure.ts'

/** Files read last are kept by their text, because parsing takes longer than all else that is done with them. */
const known = new Map<string, Parsed>()
const mostKnown = 100

/** Parsing more than people write would hold up the worker. */
const maxBytes = 1024 * 1024

const absent = new Set(['ENOENT', 'ENOTDIR', 'EISDIR'])

export interface YamlFile extends Parsed {
  readonly text: string
}

/** A YAML file of dbt's, undefined when there is none. A file of a checkout may not lead out of that. */
export async function readYaml(file: string, checkout: string | undefined): Promise<YamlFile | undefined> {
  const text = await readText(file, checkout)
  if (text === undefined) return undefined
  const parsed = known.get(text) ?? parsePyyaml(text)
  if (!known.has(text)) {
    if (known.size === mostKnown) known.clear()
    known.set(text, parsed)
  }
  return { text, ...parsed }
}

async function readText(file: string, checkout: string | undefined): Promise<string | undefined> {
  const below = checkout !== undefined && file.startsWith(checkout + path.sep) ? checkout : undefined
  try {
    return (await readForeign(file, { maxBytes, followsLinks: true, below })).toString()
  } catch (error) {
    if (absent.has(errorCode(error) ?? '')) return undefined
    if (error instanceof UnfitFile) throw new StepFailure(`${file} ${error.message}.`)
    throw error
  }
}
