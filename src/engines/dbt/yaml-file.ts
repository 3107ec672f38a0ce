import { readFile } from 'node:fs/promises'
import { parseDocument, stringify } from 'yaml'
import { StepFailure } from './step-failure.ts'

// dbt reads YAML 1.1, in which `yes` is true, and takes the last of two equal keys.
const dialect = { version: '1.1', merge: true, uniqueKeys: false, logLevel: 'silent' } as const

/** The content of a YAML file of dbt's; a mistake in it is one sentence with file and line. */
export async function readYaml(file: string): Promise<{ text: string; content: unknown }> {
  const text = await readFile(file, 'utf8')
  const document = parseDocument(text, dialect)
  const [mistake] = document.errors
  if (mistake !== undefined) {
    const line = mistake.linePos?.[0].line
    const reason = mistake.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '')
    throw new StepFailure(`${file}${line === undefined ? '' : `, line ${line}`}, is not valid YAML: ${reason}.`)
  }
  return { text, content: document.toJS() }
}

export function writeYaml(content: unknown): string {
  return stringify(content, dialect)
}
