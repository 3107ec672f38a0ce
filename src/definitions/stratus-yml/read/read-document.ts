import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { SetupError } from '../../../domain/errors.ts'
import { errorCode } from '../../../util/error-code.ts'
import { checkDocument } from '../schema/check-document.ts'
import { type DocumentPath, type Problem, pathText } from '../schema/problem.ts'
import type { StratusDocument } from '../schema/stratus-document.ts'
import { inlineSimulations } from './inline-simulations.ts'
import { resolveLocalPaths } from './local-paths.ts'
import { type Position, parseYaml } from './parse-yaml.ts'
import { resolveFromEnv } from './resolve-from-env.ts'

export interface ReadOptions {
  /** Says where `from_env` looks. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly home: string
}

export interface LoadedDocument {
  readonly document: StratusDocument
  /** Puts `file:line:column: ` before the lines of a message that begin with a path of the document. */
  locate(message: string): string
}

/** Reads `stratus.yml`: `from_env` resolved, paths absolute, scenarios in the place of their files. Throws one SetupError that lists every mistake. */
export async function readDocument(file: string, options: ReadOptions): Promise<LoadedDocument> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    if (errorCode(error) === 'ENOENT') throw new SetupError(`There is no file ${path.resolve(file)}.`, { cause: error })
    throw new SetupError(`Cannot read ${file}: ${error.message}`, { cause: error })
  })
  const loaded = parseDocumentText(text, file, options)
  return { ...loaded, document: await inlineSimulations(loaded.document, path.dirname(path.resolve(file))) }
}

export function parseDocumentText(text: string, file: string, { environment, home }: ReadOptions): LoadedDocument {
  const yaml = parseYaml(text)
  const mistakes = yaml.problems.map(({ position, message }) => ({ position, line: message }))
  if (yaml.fatal) throw mistakesError(file, mistakes)
  const resolved = resolveFromEnv(yaml.data, environment)
  const checked = checkDocument(resolved.data, resolved.fromEnv)
  const problems = [...resolved.problems, ...(checked.ok ? [] : checked.problems)]
  mistakes.push(...problems.map((found) => ({ position: yaml.positionOf(found.path, found.at), line: lineOf(found) })))
  if (!checked.ok || mistakes.length > 0) throw mistakesError(file, mistakes)
  return {
    document: resolveLocalPaths(checked.document, path.dirname(path.resolve(file)), home),
    locate: (message) =>
      message
        .split('\n')
        .map((line) => {
          const found = parsePathText(line)
          return found ? `${at(file, yaml.positionOf(found, 'value'))}: ${line}` : line
        })
        .join('\n'),
  }
}

interface Mistake {
  readonly position: Position
  readonly line: string
}

function mistakesError(file: string, mistakes: readonly Mistake[]): SetupError {
  const sorted = [...mistakes].sort(
    (a, b) => a.position.line - b.position.line || a.position.column - b.position.column,
  )
  return new SetupError(sorted.map(({ position, line }) => `${at(file, position)}: ${line}`).join('\n'))
}

function at(file: string, { line, column }: Position): string {
  return `${file}:${line}:${column}`
}

function lineOf({ path: where, message }: Problem): string {
  return where.length === 0 ? message : `${pathText(where)}: ${message}`
}

/** The path that a line such as `projects[0].environments[1].name: got …` begins with. */
function parsePathText(line: string): DocumentPath | undefined {
  const [text] = /^(?:account|projects)\b[\w.[\]-]*(?=: )/.exec(line.trimStart()) ?? []
  return text?.match(/\[\d+\]|[^.[\]]+/g)?.map((part) => (part.startsWith('[') ? Number(part.slice(1, -1)) : part))
}
