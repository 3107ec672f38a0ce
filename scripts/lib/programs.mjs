import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PlainError } from './plain-error.mjs'
import { stopTree } from './process-tree.mjs'

// Airflow needs about 3 s to end its parts; Stratus gives dbt 5 s.
const graceMs = 10_000
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }

/** Runs the long-running programs of a script. They write to log files, and none of them outlives `stopAll`. */
export function createPrograms() {
  const started = []
  let stopping
  return {
    start(name, command, args, { logFile, ...options }) {
      if (stopping) throw new PlainError(`${name} is not started: the script is stopping.`)
      mkdirSync(path.dirname(logFile), { recursive: true })
      const log = openSync(logFile, 'w')
      // A group of its own: Ctrl-C in the terminal reaches this script alone, which stops things in order.
      const child = spawn(command, args, { detached: true, stdio: ['ignore', log, log], ...options })
      closeSync(log)
      const program = { name, pid: child.pid, logFile, ended: undefined }
      child.on('error', (error) => {
        program.ended = error.message
      })
      child.on('exit', (code, signal) => {
        program.ended = signal ? `was ended by ${signal}` : `ended with exit code ${code}`
      })
      started.push(program)
      return program
    },
    /** Waits until one of the programs has ended by itself, and says so. */
    async untilOneEnds() {
      for (;;) {
        const ended = started.find((program) => program.ended)
        if (ended) throw new PlainError(`${ended.name} ${ended.ended}.\n${tailOf(ended.logFile)}`)
        await sleep(500)
      }
    },
    async stopAll() {
      stopping ??= (async () => {
        for (const { pid } of started.reverse()) if (pid) await stopTree(pid, graceMs)
      })()
      await stopping
    },
    killAll() {
      for (const { pid } of started) if (pid) stopTree(pid, 0).catch(() => {})
    },
  }
}

/** Waits until `probe` gives something, or says why it cannot: the program ended, or took too long. */
export async function waitFor(program, probe, timeoutMs) {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const result = await probe()
    if (result !== undefined) return result
    if (program.ended) throw new PlainError(`${program.name} ${program.ended}.\n${tailOf(program.logFile)}`)
    if (Date.now() > deadline) {
      throw new PlainError(`${program.name} was not ready after ${timeoutMs / 1000} s.\n${tailOf(program.logFile)}`)
    }
    await sleep(100)
  }
}

/**
 * Runs `work` with a set of programs, and stops them all at its end, at Ctrl-C, at SIGTERM and when the terminal
 * closes. A second signal stops them without grace.
 */
export async function withPrograms(work) {
  const programs = createPrograms()
  // The terminal may be gone by then, and an output that fails must not keep the programs alive.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  const interrupted = new Promise((resolve) => {
    for (const [name, code] of Object.entries(signals)) {
      process.once(name, () => {
        process.once(name, () => programs.killAll())
        console.log('\nStopping …')
        resolve(code)
      })
    }
  })
  const working = work(programs)
  working.catch(() => {})
  try {
    return await Promise.race([working, interrupted])
  } finally {
    await programs.stopAll()
  }
}

function tailOf(file) {
  return readFileSync(file, 'utf8').trim().split('\n').slice(-20).join('\n')
}
