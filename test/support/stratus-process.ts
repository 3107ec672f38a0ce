import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent } from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import axios, { type AxiosInstance } from 'axios'
import { eventually } from './eventually.ts'
import { responseValidator } from './openapi/validate-responses.ts'

const program = path.resolve(import.meta.dirname, '../../dist/stratus.js')

interface ReadyFile {
  readonly url: string
  readonly pid: number
  readonly account_id: number
  readonly token?: string
  readonly ca_file: string
}

export interface StratusProcess {
  readonly ready: ReadyFile
  readonly child: ChildProcess
  /** Calls below `/api/v2/accounts/{account}`; answers whatever the status is. Answers are checked against `openapi/`. */
  readonly api: AxiosInstance
  readonly output: () => string
  /** Resolves when the process is gone, with its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

export interface StartOptions {
  readonly env?: Record<string, string>
  readonly token?: string
  readonly cwd?: string
  /** A program with its arguments that becomes the server. */
  readonly launcher?: readonly [string, ...string[]]
}

/** Starts the built program and waits until it answers. */
export async function startStratus(args: readonly string[], options: StartOptions = {}): Promise<StratusProcess> {
  const folder = await mkdtemp(path.join(tmpdir(), 'stratus-ready-'))
  const readyFile = path.join(folder, 'ready.json')
  const { child, output } = spawnStratus([...args, '--port', '0', '--ready-file', readyFile], options)
  const exited = once(child, 'exit')
  const ready = await eventually(
    `stratus ${args[0]} is ready`,
    () => {
      if (child.exitCode !== null) throw new Error(`stratus ${args[0]} ended with ${child.exitCode}: ${output()}`)
      return readReady(readyFile)
    },
    30_000,
  )
  await rm(folder, { recursive: true, force: true })
  const token = ready.token ?? options.token ?? ''
  const api = axios.create({
    baseURL: `${ready.url}/api/v2/accounts/${ready.account_id}`,
    headers: { authorization: `Token ${token}` },
    httpsAgent: new Agent({ ca: readFileSync(ready.ca_file) }),
    validateStatus: () => true,
  })
  checkResponses(api)
  return {
    ready,
    child,
    api,
    output,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      await exited
      return child.exitCode
    },
  }
}

/** Starts the built program with whatever arguments; nothing is waited for. */
export function spawnStratus(
  args: readonly string[],
  options: StartOptions = {},
): { child: ChildProcess; output: () => string } {
  const [command, ...before] = options.launcher ? [...options.launcher, process.execPath] : [process.execPath]
  const child = spawn(command, [...before, program, ...args], {
    env: { ...ownEnvironment(), NODE_OPTIONS: '', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.cwd !== undefined && { cwd: options.cwd }),
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text = (text + chunk).slice(-20_000)
    })
  }
  return { child, output: () => text }
}

/** The variables of the test run are left out, of which the program would warn: it does not know them. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('STRATUS_TEST_')))
}

function checkResponses(api: AxiosInstance): void {
  const validate = responseValidator()
  api.interceptors.response.use((response) => {
    const { config, data: body, headers, status } = response
    const url = new URL(api.getUri(config))
    // A proxy between may answer pages; injected faults play that too.
    const isJson = String(headers['content-type']).startsWith('application/json')
    if (isJson && url.pathname.startsWith('/api/') && !url.pathname.startsWith('/api/docs')) {
      validate({ status, body }, { method: config.method ?? 'get', url: url.href })
    }
    return response
  })
}

function readReady(file: string): ReadyFile | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined // not written yet
  }
}
