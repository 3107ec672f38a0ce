import { readFile } from 'node:fs/promises'
import { parseDocument, stringify } from 'yaml'
import { errorCode } from '../../util/error-code.ts'
import { StepFailure } from './step-failure.ts'

// dbt reads YAML 1.1, in which `yes` is true, and takes the last of two equal keys.
const dialect = { version: '1.1', merge: true, uniqueKeys: false, logLevel: 'silent' } as const

/** What was read last, by its text: parsing takes longer than all else that is done with these files. */
const known = new Map<string, unknown>()
const mostKnown = 100

const absent = new Set(['ENOENT', 'ENOTDIR', 'EISDIR'])

export interface YamlFile {
  readonly text: string
  /** Not to be changed. */
  readonly content: unknown
}

/** A YAML file of dbt's, undefined when there is none; a mistake in it is one sentence with file and line. */
export async function readYaml(file: string): Promise<YamlFile | undefined> {
  const text = await readText(file)
  if (text === undefined) return undefined
  if (!known.has(text)) {
    if (known.size === mostKnown) known.clear()
    known.set(text, contentOf(text, file))
  }
  return { text, content: known.get(text) }
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (absent.has(errorCode(error) ?? '')) return undefined
    throw error
  }
}

function contentOf(text: string, file: string): unknown {
  const document = parseDocument(text, dialect)
  const [mistake] = document.errors
  if (mistake !== undefined) {
    const line = mistake.linePos?.[0].line
    const reason = mistake.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '')
    throw new StepFailure(`${file}${line === undefined ? '' : `, line ${line}`}, is not valid YAML: ${reason}.`)
  }
  return document.toJS()
}

export function writeYaml(content: unknown): string {
  return stringify(content, dialect)
}
