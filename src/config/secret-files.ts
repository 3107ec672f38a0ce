import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { errorCode } from '../util/error-code.ts'
import { metaOf, type VariableName, variableNames } from './env-variables.ts'
import type { RawEnvironment } from './raw-environment.ts'

const longestBytes = 64 * 1024

export const secretVariableNames = variableNames.filter((name) => metaOf(name).secret)

/** Each secret variable may name a file instead: `STRATUS_SECRET_KEY_FILE` for `STRATUS_SECRET_KEY`. */
export const fileVariableNames = secretVariableNames.map(fileVariableOf)

/**
 * The secrets that stand in files named by the environment, so that they stand in no process's environment.
 * `problems` has a sentence for each file that is of no use.
 */
export function readSecretFiles(raw: RawEnvironment): { values: Record<string, string>; problems: string[] } {
  const values: Record<string, string> = {}
  const problems: string[] = []
  for (const name of secretVariableNames) {
    const file = raw[fileVariableOf(name)]
    if (file === undefined || file === '') continue
    if (raw[name] !== undefined && raw[name] !== '')
      problems.push(`${name} and ${fileVariableOf(name)} are both set: leave out one of them.`)
    else {
      const read = readSecret(file)
      if ('text' in read) values[name] = read.text
      else problems.push(`${fileVariableOf(name)}: ${file} ${read.problem}.`)
    }
  }
  return { values, problems }
}

export function fileVariableOf(name: VariableName): string {
  return `${name}_FILE`
}

function readSecret(file: string): { text: string } | { problem: string } {
  let descriptor: number
  try {
    // A pipe without a writer would be waited for.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    return { problem: `cannot be read (${errorCode(error) ?? 'unknown reason'})` }
  }
  try {
    const found = fstatSync(descriptor)
    if (!found.isFile()) return { problem: 'is no file' }
    if (found.size > longestBytes) return { problem: `is larger than ${longestBytes} bytes, which no secret is` }
    // Editors end a file with a newline.
    const text = readFileSync(descriptor, 'utf8').replace(/\r?\n$/, '')
    return text === '' ? { problem: 'is empty' } : { text }
  } finally {
    closeSync(descriptor)
  }
}
