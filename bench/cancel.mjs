import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient, percentile, scratchFolder, sleep, startServer, untilFinished } from './server.mjs'
import { writeProject } from './trigger.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

/** Cancels runs of a real dbt whose query goes on, and of a program that ignores SIGINT. */
export async function measureCancel({ runs = 7 } = {}) {
  const polite = await cancelRuns('polite', runs, path.join(root, '.stratus/venv-dbt/bin'))
  const bin = scratchFolder('bin')
  copyFileSync(path.join(root, 'bench/stand-ins/stubborn-dbt'), path.join(bin, 'dbt'))
  chmodSync(path.join(bin, 'dbt'), 0o755)
  const stubborn = await cancelRuns('stubborn', 2, bin)
  return {
    'cancel answered, max ms': Math.max(...polite.answers, ...stubborn.answers),
    'processes gone, dbt, p50 ms': percentile(polite.gone, 0.5),
    'processes gone, dbt, max ms': Math.max(...polite.gone),
    'processes gone, SIGINT ignored, max ms': Math.max(...stubborn.gone),
  }
}

async function cancelRuns(name, runs, bin) {
  const folder = scratchFolder(`cancel-${name}`)
  const project = writeProject(folder)
  mkdirSync(path.join(project, 'models'), { recursive: true })
  writeFileSync(
    path.join(project, 'models/slow.sql'),
    "{{ config(materialized='table') }} select count(*) as n from range(100000000000) a where a.range % 7 = 3\n",
  )
  const stamps = path.join(folder, 'started')
  writeFileSync(stamps, '')
  const server = await startServer(['dev', project, '--data-dir', path.join(folder, 'data')], {
    PATH: `${bin}:${process.env.PATH}`,
    BENCH_STARTED: stamps,
  })
  const client = createClient(server.ready, server.ready.token)
  const [answers, gone] = [[], []]
  try {
    for (let n = 0; n < runs; n++) {
      const run = await client.call('POST', '/jobs/1/run/', { cause: 'bench' })
      await untilExecuting(client, run.id, stamps, n)
      const group = descendantsOf(server.pid).filter((row) => /(\/|^)(stubborn-)?dbt( |$)/.test(row.args))
      if (group.length === 0) throw new Error('no dbt process is alive')
      const began = performance.now()
      const cancelled = await client.call('POST', `/runs/${run.id}/cancel/`)
      answers.push(performance.now() - began)
      if (cancelled.status !== 30) throw new Error(`the cancel answered status ${cancelled.status}`)
      while (group.some(({ pid }) => isAlive(pid))) await sleep(5)
      gone.push(performance.now() - began)
      await untilFinished(client, run.id)
      await sleep(300)
    }
  } finally {
    client.close()
    await server.stop()
  }
  return { answers, gone }
}

async function untilExecuting(client, runId, stamps, n) {
  for (;;) {
    const run = await client.call('GET', `/runs/${runId}/?include_related=run_steps`)
    if (run.is_complete) throw new Error(`the run ended: ${run.status_message}`)
    const logs = run.run_steps.map((step) => step.logs).join('')
    const stubbornStarted = readFileSync(stamps, 'utf8').trim().split('\n').filter(Boolean).length > n
    if (/START sql/.test(logs) || stubbornStarted) return sleep(300)
    await sleep(20)
  }
}

function descendantsOf(pid) {
  const rows = spawnSync('ps', ['-e', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .stdout.trim()
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter(Boolean)
    .map(([, id, parent, args]) => ({ pid: Number(id), parent: Number(parent), args }))
  const found = []
  for (let parents = [pid]; parents.length > 0; ) {
    const children = rows.filter((row) => parents.includes(row.parent))
    found.push(...children)
    parents = children.map((row) => row.pid)
  }
  return found
}

/** A process that nobody has reaped yet is dead all the same. */
function isAlive(pid) {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim()
  return state !== '' && !state.startsWith('Z')
}
