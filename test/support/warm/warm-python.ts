import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { eventually } from '../eventually.ts'

export interface WarmPython extends AsyncDisposable {
  /** Runs scripts as the Python of the environment does, but has imported the modules before. */
  readonly python: string
  /** One of the environment's own programs that is run by it. */
  program(name: string): Promise<string>
}

/**
 * A stand-in for the Python of a virtual environment, for tests that start many programs whose imports take seconds. Each
 * call is a process of its own, with the caller's arguments, environment, folder and files; the modules see `variables`.
 */
export async function startWarmPython(
  environment: string,
  modules: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<WarmPython> {
  const folder = await mkdtemp(path.join(tmpdir(), 'stratus-warm-'))
  const bin = path.join(folder, 'bin')
  await mkdir(bin)
  // Beside its programs is what is installed, as in the environment itself.
  await symlink(path.join(environment, 'lib'), path.join(folder, 'lib'))
  const cold = path.join(environment, 'bin/python')
  const python = path.join(bin, 'python')
  const client = await readFile(path.join(import.meta.dirname, 'warm_client.py'), 'utf8')
  await writeExecutable(python, `#!${await realpath(cold)} -IS\n${client}`)
  const socket = path.join(bin, 'socket')
  const server = spawn(cold, ['-X', 'utf8', path.join(import.meta.dirname, 'warm_python.py'), socket, ...modules], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await eventually('the warm Python has imported its modules', () => isListening(server, socket), 60_000)
  return {
    python,
    async program(name) {
      const text = await readFile(path.join(environment, 'bin', name), 'utf8')
      const file = path.join(bin, name)
      await writeExecutable(file, text.replace(/^#!.*/, `#!${python}`))
      return file
    },
    async [Symbol.asyncDispose]() {
      server.kill('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function isListening(server: ChildProcess, socket: string): boolean {
  if (server.exitCode !== null) throw new Error(`The warm Python ended with ${server.exitCode}.`)
  return existsSync(socket)
}

async function writeExecutable(file: string, text: string): Promise<void> {
  await writeFile(file, text)
  await chmod(file, 0o755)
}
