import { execFile } from 'node:child_process'
import { errorCode } from '../../util/error-code.ts'

export interface ProgramResult {
  readonly found: boolean
  readonly succeeded: boolean
  readonly stdout: string
  /** stdout and stderr. */
  readonly output: string
}

export function runProgram(
  file: string,
  args: readonly string[],
  cwd?: string,
  timeoutMs = 30_000,
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    execFile(file, args, { timeout: timeoutMs, ...(cwd !== undefined && { cwd }) }, (error, stdout, stderr) => {
      const code = errorCode(error)
      const found = code !== 'ENOENT' && code !== 'EACCES'
      resolve({ found, succeeded: error === null, stdout, output: `${stdout}\n${stderr}`.trim() })
    })
  })
}
