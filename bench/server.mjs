import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const program = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../dist/stratus.js')

export function scratchFolder(name) {
  process.setMaxListeners(0)
  const folder = mkdtempSync(path.join(tmpdir(), `stratus-bench-${name}-`))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Starts `stratus ARGS…` and waits for its ready file. Answers the ready file's content and how long that took. */
export async function startServer(args, environment = {}) {
  const folder = scratchFolder('ready')
  const readyFile = path.join(folder, 'ready.json')
  const began = performance.now()
  const child = spawn(process.execPath, [program, ...args, '--port', '0', '--ready-file', readyFile], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors = (errors + chunk).slice(-4000)
  })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  let ready
  while (ready === undefined) {
    if (child.exitCode !== null) throw new Error(`stratus ${args.join(' ')} ended with ${child.exitCode}: ${errors}`)
    ready = readReady(readyFile)
    if (ready === undefined) await sleep(2)
  }
  return {
    ready,
    pid: child.pid,
    startMs: performance.now() - began,
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      await exited
    },
  }
}

function readReady(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined // not written yet
  }
}

/** A client of one server, over one kept connection. */
export function createClient({ url, ca_file: caFile, account_id: accountId }, token, userAgent = 'stratus-bench') {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: readFileSync(caFile) })
  return {
    close: () => agent.destroy(),
    call(method, route, body) {
      return new Promise((resolve, reject) => {
        const text = body === undefined ? '' : JSON.stringify(body)
        const headers = {
          authorization: `Token ${token}`,
          'content-type': 'application/json',
          'user-agent': userAgent,
          'content-length': Buffer.byteLength(text),
        }
        const outgoing = request(
          `${url}/api/v2/accounts/${accountId}${route}`,
          { method, agent, headers },
          (response) => {
            const chunks = []
            response.on('data', (chunk) => chunks.push(chunk))
            response.on('end', () => {
              const answer = JSON.parse(Buffer.concat(chunks).toString())
              if (response.statusCode >= 400)
                reject(new Error(`${method} ${route}: ${response.statusCode} ${JSON.stringify(answer)}`))
              else resolve(answer.data)
            })
          },
        )
        outgoing.once('error', reject)
        outgoing.end(text)
      })
    },
  }
}

export async function untilFinished(client, runId, pollMs = 50) {
  for (;;) {
    const run = await client.call('GET', `/runs/${runId}/`)
    if (run.is_complete) return run
    await sleep(pollMs)
  }
}

export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}
