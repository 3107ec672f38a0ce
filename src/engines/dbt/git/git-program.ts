import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { StepFailure } from '../../steps/step-failure.ts'
import { findOnPath } from '../find-on-path.ts'
import { LineSplitter } from '../line-splitter.ts'
import type { Run } from '../run.ts'

export interface GitEnd {
  readonly succeeded: boolean
  readonly stdout: string
  /** What git gave as the reason, without its `fatal:`. */
  readonly reason: string
}

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
  /** For what may take long: guarded like dbt. */
  run(args: readonly string[], onProgress?: (line: string) => void): Promise<GitEnd>
  /** For a quick question about what is on this disk. Not guarded, but in a namespace where there is one: a repository's own configuration can name programs. */
  ask(args: readonly string[]): Promise<GitEnd>
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

  return {
    async ask(args) {
      const [program, rest] = run.hands.program(file, [...general, ...args])
      const [first = program, ...others] = [...(separation.namespace ?? []), program, ...rest]
      const limits = { timeout: askTimeoutMs, killSignal: 'SIGKILL', maxBuffer: 16 * maxOutput } as const
      try {
        const { stdout } = await promisify(execFile)(first, others, { env, cwd: '/', signal: run.signal, ...limits })
        return { succeeded: true, stdout, reason: '' }
      } catch (error) {
        run.signal.throwIfAborted()
        const stderr = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr) : ''
        return { succeeded: false, stdout: '', reason: reasonIn(stderr.split('\n')) }
      }
    },

    async run(args, onProgress = () => {}) {
      let stdout = ''
      const lines: string[] = []
      const errors = new LineSplitter((line) => {
        if (lines.length < maxLines || line.startsWith('fatal: ')) lines.push(line)
        onProgress(line)
      })
      const end = await run.processes.run(
        { file, args: [...general, ...args], cwd: run.workspace.folder, env },
        {
          stdout: (chunk) => {
            if (stdout.length < maxOutput) stdout += chunk.toString('utf8')
          },
          stderr: (chunk) => errors.push(chunk),
        },
      )
      errors.end()
      run.signal.throwIfAborted()
      return { succeeded: end.kind === 'exited' && end.code === 0, stdout, reason: reasonIn(lines) }
    },
  }
}

/** Only the first of the lines that git prints beside its reason are kept. */
const maxLines = 200

/** The first line that git dies of, else its last one. */
function reasonIn(lines: readonly string[]): string {
  const line = lines.find((each) => each.startsWith('fatal: ')) ?? lines.findLast((each) => each.trim() !== '') ?? ''
  return line.replace(/^(fatal|error): /, '').trim()
}
