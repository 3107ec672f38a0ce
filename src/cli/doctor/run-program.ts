import { execFile } from 'node:child_process'
import type { RawEnvironment } from '../../config/raw-environment.ts'
import { errorCode } from '../../util/error-code.ts'

export interface ProgramResult {
  readonly found: boolean
  readonly succeeded: boolean
  readonly timedOut: boolean
  readonly stdout: string
  /** It has what was written to stdout and stderr. */
  readonly output: string
}

export function runProgram(
  file: string,
  args: readonly string[],
  { cwd, env, timeoutMs = 30_000 }: { cwd?: string; env?: RawEnvironment; timeoutMs?: number } = {},
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const options = { timeout: timeoutMs, ...(cwd !== undefined && { cwd }), ...(env !== undefined && { env }) }
    execFile(file, args, options, (error, stdout, stderr) => {
      const code = errorCode(error)
      const found = code !== 'ENOENT' && code !== 'EACCES'
      resolve({
        found,
        succeeded: error === null,
        timedOut: error?.killed === true,
        stdout,
        output: `${stdout}\n${stderr}`.trim(),
      })
    })
  })
}
