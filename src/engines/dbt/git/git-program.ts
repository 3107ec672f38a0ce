import { execFile, spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { shorten } from '../../../util/text/one-line.ts'
import { StepFailure } from '../../steps/step-failure.ts'
import { LineSplitter } from '../output/log/line-splitter.ts'
import { findOnPath } from '../program/find-on-path.ts'
import type { Run } from '../run.ts'

export interface GitEnd {
  readonly succeeded: boolean
  /** It is undefined where git did not end by itself. */
  readonly code: number | undefined
  readonly stdout: string
  /** Holds git's reason without its `fatal:`. */
  readonly reason: string
}

/** Stands for the reason that git did not give. */
export const withoutReason = 'git ended without a word'

const maxOutput = 1024 * 1024
const askTimeoutMs = 60_000

/** Variables that tie git to some other repository, above all when the server was started by a git hook. */
const foreign = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_COMMON_DIR',
  'GIT_NAMESPACE',
]

/** Beats what a repository or a user's own configuration says. */
const settings = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'gc.autoDetach=false',
  'maintenance.autoDetach=false',
  'submodule.recurse=false',
  'fetch.recurseSubmodules=false',
  'advice.detachedHead=false',
]

export interface Git {
  /** Runs what may take long: it is guarded like dbt. */
  run(args: readonly string[], onProgress?: (line: string) => void): Promise<GitEnd>
  /** Asks a quick question. It is not guarded, but in a namespace where there is one: a repository's own configuration can name programs. */
  ask(args: readonly string[]): Promise<GitEnd>
  /** The same for an answer of any length: hands over its parts, which end in a NUL each, until `take` wants no more. */
  list(args: readonly string[], take: (part: string) => boolean): Promise<GitEnd>
}

/** git as Stratus uses it: it asks nothing, runs no hooks, leaves nothing in the background and speaks only the expected protocols. */
export async function openGit(run: Run, variables: Readonly<Record<string, string>>): Promise<Git> {
  const { baseEnvironment, home, separation } = run.services
  const file = await findOnPath('git', baseEnvironment.PATH ?? '')
  if (file === undefined)
    throw new StepFailure('git was not found on PATH. Install git to run projects from a repository.')
  const env: Record<string, string> = {
    HOME: home,
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
    ...baseEnvironment,
    ...variables,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    GIT_ALLOW_PROTOCOL: 'file:http:https:ssh:git',
  }
  for (const name of foreign) delete env[name]
  const general = settings.flatMap((setting) => ['-c', setting])
  const unguarded = (args: readonly string[]) => {
    const [program, rest] = run.hands.program(file, [...general, ...args])
    const [first = program, ...others] = [...(separation.namespace ?? []), program, ...rest]
    return [first, others] as const
  }
  const limits = { timeout: askTimeoutMs, killSignal: 'SIGKILL', signal: run.signal, env, cwd: '/' } as const

  return {
    async ask(args) {
      try {
        const { stdout } = await promisify(execFile)(...unguarded(args), { ...limits, maxBuffer: 16 * maxOutput })
        return { succeeded: true, code: 0, stdout, reason: '' }
      } catch (error) {
        run.signal.throwIfAborted()
        const stderr = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr) : ''
        return { succeeded: false, code: exitCodeOf(error), stdout: '', reason: reasonIn(stderr.split('\n')) }
      }
    },

    async list(args, take) {
      const child = spawn(...unguarded(args), { ...limits, stdio: ['ignore', 'pipe', 'pipe'] })
      const ended = new Promise<number | undefined>((resolve) => {
        child.once('error', () => resolve(undefined))
        child.once('close', (code) => resolve(code ?? undefined))
      })
      const errors = text(child.stderr)
      errors.catch(() => {}) // it was killed
      let partial = ''
      for await (const chunk of child.stdout.setEncoding('utf8')) {
        const parts = (partial + chunk).split('\0')
        partial = parts.pop() ?? ''
        if (parts.every(take) && partial.length <= maxOutput) continue
        child.kill('SIGKILL')
        break
      }
      const code = await ended
      run.signal.throwIfAborted()
      return { succeeded: code === 0, code, stdout: '', reason: reasonIn((await errors.catch(() => '')).split('\n')) }
    },

    async run(args, onProgress = () => {}) {
      let stdout = ''
      let heard = 0
      const lines: string[] = []
      const errors = new LineSplitter((line) => {
        if (lines.length < maxLines || line.startsWith('fatal: ')) lines.push(shorten(line))
        if (++heard <= maxLines) onProgress(shorten(line))
      })
      const end = await run.processes.run(
        { file, args: [...general, ...args], cwd: run.workspace.folder, env, isFollowed: true },
        {
          stdout: (chunk) => {
            if (stdout.length < maxOutput) stdout += chunk.toString('utf8')
          },
          stderr: (chunk) => errors.push(chunk),
        },
      )
      errors.end()
      run.signal.throwIfAborted()
      if (heard > maxLines) onProgress(`(git printed ${heard - maxLines} more lines.)`)
      const code = end.kind === 'exited' ? (end.code ?? undefined) : undefined
      return { succeeded: code === 0, code, stdout, reason: reasonIn(lines) }
    },
  }
}

/** Only so many of the lines that git prints are shown: there is one for each branch, and as many as the origin likes to say. */
const maxLines = 200

/** A program that is missing, else the first line that git dies of (with the next, if that ends in a colon), else its last one. */
function reasonIn(lines: readonly string[]): string {
  const said = [/: (command )?not found$/, /^fatal: /].map((reason) => lines.find((line) => reason.test(line)))
  const line = said.find((each) => each !== undefined) ?? lines.findLast((each) => each.trim() !== '') ?? ''
  const more = line.endsWith(':') ? (lines[lines.indexOf(line) + 1] ?? '') : ''
  return `${line} ${more}`.replace(/^(fatal|error): /, '').trim() || withoutReason
}

/** It is undefined for a git that was killed, or could not be started. */
function exitCodeOf(error: unknown): number | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'number'
    ? error.code
    : undefined
}
