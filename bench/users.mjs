import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient, percentile, scratchFolder, sleep, startServer, untilFinished } from './server.mjs'
import { writeProject } from './trigger.mjs'

const standIns = path.resolve(path.dirname(fileURLToPath(import.meta.url)), 'stand-ins')

/** None of the system's users has this number. */
const uid = 45_001

export const userLimits = {
  'run as another user costs, median of pairs, ms': 30,
  'run from git as another user costs, median of pairs, ms': 30,
}

/**
 * Runs of a program that does nothing, of the server's own user and of another one, in turn: what the latter take more by the
 * servers' clocks, from the trigger to the end. Only root can change users: for others there are no figures.
 */
export async function measureUsers({ rounds = 30 } = {}) {
  if (process.getuid() !== 0) return {}
  const own = await startOne('own', {})
  const other = await startOne('other', { STRATUS_DBT_USER: String(uid) })
  const costs = { 1: [], 2: [] }
  try {
    for (let round = 0; round < rounds + 3; round++) {
      for (const job of [1, 2]) {
        // To and fro, so that none has always the same one before it.
        const [first, second] = round % 2 === 0 ? [own, other] : [other, own]
        const times = new Map([
          [first, await timedRun(first, job)],
          [second, await timedRun(second, job)],
        ])
        if (round >= 3) costs[job].push(times.get(other) - times.get(own))
      }
    }
  } finally {
    for (const { client, server } of [own, other]) {
      client.close()
      await server.stop()
    }
  }
  return {
    'run as another user costs, median of pairs, ms': percentile(costs[1], 0.5),
    'run from git as another user costs, median of pairs, ms': percentile(costs[2], 0.5),
  }
}

async function startOne(name, environment) {
  const folder = scratchFolder(`users-${name}`)
  chmodSync(folder, 0o711)
  const stamps = path.join(folder, 'started')
  writeFileSync(stamps, '')
  chmodSync(stamps, 0o666)
  const project = writeProject(folder)
  const repository = writeRepository(folder, project, name === 'other')
  const server = await startServer(
    ['dev', writeDocument(folder, project, repository), '--data-dir', path.join(folder, 'data')],
    {
      BENCH_STARTED: stamps,
      PATH: `${standIns}:${process.env.PATH}`,
      ...environment,
    },
  )
  return { server, client: createClient(server.ready, server.ready.token) }
}

function writeRepository(folder, project, isOfUser) {
  const repository = path.join(folder, 'repository')
  cpSync(project, repository, { recursive: true })
  for (const args of [
    ['init', '--quiet'],
    ['add', '.'],
    ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost', 'commit', '--quiet', '-m', 'tiny'],
  ])
    spawnSync('git', args, { cwd: repository, stdio: 'ignore' })
  // git reads no repository of somebody else.
  if (isOfUser) spawnSync('chown', ['-R', `${uid}:${uid}`, repository])
  return repository
}

function writeDocument(folder, path1, url) {
  const project = (id, source) => ({
    id,
    name: `Project ${id}`,
    ...source,
    environments: [{ id, name: 'Production', jobs: [{ id, name: 'Build', execute_steps: ['dbt build'] }] }],
  })
  const document = path.join(folder, 'document')
  mkdirSync(document)
  const content = { projects: [project(1, { path: path1 }), project(2, { git: { url } })] }
  writeFileSync(path.join(document, 'stratus.yml'), JSON.stringify(content))
  return document
}

async function timedRun({ client }, job) {
  const { id } = await client.call('POST', `/jobs/${job}/run/`, { cause: 'bench' })
  const run = await untilFinished(client, id, 200)
  if (!run.is_success) throw new Error(`the run failed: ${run.status_message}`)
  await sleep(300) // idle again: the next guardian is up
  return Date.parse(run.finished_at) - Date.parse(run.created_at)
}
