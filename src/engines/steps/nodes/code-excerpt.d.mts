import type { CodeExcerpt } from '../../../domain/runs/node-report.ts'

/** The code around the error that the message tells of; undefined for no code. */
export function codeExcerpt(
  of: CodeExcerpt['of'],
  code: string | undefined,
  message: string,
  mostLine: number,
): CodeExcerpt | undefined

/** The line of the source that a line of compiled code comes from, where it was left as it is; counted from 1. */
export function lineInSource(source: string | undefined, excerpt: CodeExcerpt | undefined): number | undefined
