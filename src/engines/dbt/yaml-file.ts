import { readFile } from 'node:fs/promises'
import { parseDocument, stringify } from 'yaml'
import { StepFailure } from './step-failure.ts'

// dbt reads YAML 1.1, in which `yes` is true, and takes the last of two equal keys.
const dialect = { version: '1.1', merge: true, uniqueKeys: false, logLevel: 'silent' } as const

/** What was read last, by its text: parsing takes longer than all else that is done with these files. */
const known = new Map<string, unknown>()
const mostKnown = 100

/** The content of a YAML file of dbt's, not to be changed; a mistake in it is one sentence with file and line. */
export async function readYaml(file: string): Promise<{ text: string; content: unknown }> {
  const text = await readFile(file, 'utf8')
  if (!known.has(text)) {
    if (known.size === mostKnown) known.clear()
    known.set(text, contentOf(text, file))
  }
  return { text, content: known.get(text) }
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
