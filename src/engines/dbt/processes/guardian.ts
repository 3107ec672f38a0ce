import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { Readable, type Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { LineSplitter } from '../output/log/line-splitter.ts'
import type { RunUser } from '../users/run-user.ts'

export interface GuardedProgram {
  /** The path is absolute. */
  readonly file: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Unless renewed, the program is stopped after so long. */
  readonly deadlineSeconds: number
  /** The grace is the time between SIGINT and SIGKILL. */
  readonly graceMs: number
  /** Undefined means the server's own. */
  readonly user?: Pick<RunUser, 'uid' | 'gid' | 'groups'> | undefined
}

export type ProgramEnd =
  /** `stoppedBy`: why the guardian ended it; undefined if it ended by itself. */
  | {
      readonly kind: 'exited'
      readonly code: number | null
      readonly signal: string | null
      readonly stoppedBy?: string
    }
  | { readonly kind: 'not started'; readonly code: string | null; readonly message: string }
  /** The guardian itself was killed; its program was killed then, too. */
  | { readonly kind: 'lost' }

/** A guardian has so long, beyond the grace of its program, to say that all is over. */
const patienceMs = 5000

type Report =
  | { readonly event: 'started'; readonly pid: number }
  | { readonly event: 'failed'; readonly code: string | null; readonly message: string }
  | { readonly event: 'ending'; readonly cause: string }
  | { readonly event: 'exit'; readonly code: number | null; readonly signal: string | null }
  | { readonly event: 'gone' }

/** This is the worker's side of guardian.mjs: each is one process, for one program. */
export class Guardian {
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves when nothing of the program's group is alive any more. */
  readonly ended: Promise<ProgramEnd>
  readonly #process: ChildProcess
  readonly #control: Writable
  readonly #handles: readonly object[]
  readonly #onStarted: ((group: number) => void)[] = []
  #group: number | undefined
  #end: ProgramEnd = { kind: 'lost' }
  #stoppedBy: string | undefined
  #usable = true
  #graceMs = 0
  #lastResort: NodeJS.Timeout | undefined
  readonly #isApart: boolean

  /** `namespace`: what a program is started with to be the first of a process namespace. */
  constructor(namespace: readonly string[] = []) {
    this.#isApart = namespace.length > 0
    const [file = process.execPath, ...args] = [...namespace, process.execPath, guardianFile()]
    const child = spawn(file, args, {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      detached: true,
      cwd: '/',
      env: {},
    })
    this.#process = child
    // One that could not be made ends below or in `ended`.
    child.on('error', () => {})
    const { stdin, stdout, stderr } = child
    const status = child.stdio?.[3]
    // Only a process that could not be made at all (no more processes, no memory) has no pipes.
    if (!stdin || !stdout || !stderr || !(status instanceof Readable)) {
      throw new Error('A process could not be started: the guardian has no pipes.')
    }
    this.#control = stdin
    this.stdout = stdout
    this.stderr = stderr
    this.#handles = [child, stdin, stdout, stderr, status]
    // A guardian that died is noticed by its exit; a broken pipe to it says nothing more.
    this.#control.on('error', () => {})
    status.on('error', () => {})
    const lines = new LineSplitter((line) => this.#hear(JSON.parse(line)))
    status.on('data', (chunk: Buffer) => lines.push(chunk))
    this.ended = new Promise((resolve) => {
      const finish = () => {
        this.#usable = false
        clearTimeout(this.#lastResort)
        if (this.#end.kind === 'lost') this.#killGroup(this.#group)
        resolve(this.#end)
      }
      child.once('error', finish)
      // After `close` every report was heard; `exit` alone must do if something that escaped holds the pipe.
      status.once('close', finish)
      child.once('exit', () => setTimeout(finish, 2000).unref())
    })
    for (const handle of this.#handles) call(handle, 'unref')
  }

  get usable(): boolean {
    return this.#usable
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  start(program: GuardedProgram, onStarted: (group: number) => void): void {
    for (const handle of this.#handles) call(handle, 'ref')
    this.#onStarted.push(onStarted)
    this.#graceMs = program.graceMs
    this.#send({ command: 'start', ...program })
  }

  /** Says that there will be something to do soon: a process that slept for long takes its time. */
  rouse(): void {
    this.#send({ command: 'rouse' })
  }

  renew(seconds: number): void {
    this.#send({ command: 'renew', seconds })
  }

  /** Ends the program within its grace; a guardian that does not, since what it guards can stop it by a signal, is killed with it. */
  stop(): void {
    this.#send({ command: 'stop' })
    if (this.#usable) this.#lastResort ??= setTimeout(() => this.#killAll(), this.#graceMs + patienceMs)
  }

  /** Ends an idle guardian. */
  dismiss(): void {
    this.#control.end()
  }

  #send(message: object): void {
    if (this.#usable) this.#control.write(`${JSON.stringify(message)}\n`)
  }

  #hear(report: Report): void {
    if (report.event === 'started') {
      // Inside of a namespace processes have other ids; what ends the guardian there ends them all.
      const group = this.#isApart ? this.#process.pid : report.pid
      if (group === undefined) return
      this.#group = group
      for (const listener of this.#onStarted) listener(group)
    } else if (report.event === 'ending') {
      this.#stoppedBy = report.cause
    } else if (report.event === 'failed') {
      this.#end = { kind: 'not started', code: report.code, message: report.message }
    } else if (report.event === 'exit') {
      const { code, signal } = report
      this.#end = { kind: 'exited', code, signal, ...(this.#stoppedBy !== undefined && { stoppedBy: this.#stoppedBy }) }
    }
  }

  #killAll(): void {
    const { pid } = this.#process
    // One that was stopped at once has not said which group is its program's.
    for (const group of new Set([...childrenOf(pid), this.#group, pid])) this.#killGroup(group)
  }

  #killGroup(group: number | undefined): void {
    if (group === undefined) return
    try {
      process.kill(-group, 'SIGKILL')
    } catch {
      // ESRCH: it was gone already.
    }
  }
}

/** There is none where the system does not say: what a guardian reported must do there. */
function childrenOf(pid: number | undefined): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

/** It is beside this file in a checkout, and beside or above it in the bundle, which is split into chunks. */
function guardianFile(): string {
  const places = ['./guardian.mjs', '../guardian.mjs'].map((place) => fileURLToPath(new URL(place, import.meta.url)))
  const file = places.find((place) => existsSync(place))
  if (file === undefined) throw new Error(`guardian.mjs is missing from this installation: ${places.join(', ')}.`)
  return file
}

/** An idle guardian must not keep the worker's process alive; sockets have this method, streams in general do not. */
function call(handle: object, method: 'ref' | 'unref'): void {
  const found: unknown = Reflect.get(handle, method)
  if (typeof found === 'function') found.call(handle)
}
