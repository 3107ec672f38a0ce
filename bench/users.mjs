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

/** Each kind of project has so many pairs: never fewer, and no more when their median is known to `tolerance` milliseconds. */
const [fewest, most, tolerance] = [15, 40, 4]

/**
 * Runs of a program that does nothing, of the server's own user and of another one, in turn on one server: what the latter
 * take more by its clock, from the trigger to the end. Only root can change users: for others there are no figures.
 */
export async function measureUsers() {
  if (process.getuid() !== 0) return {}
  const folder = scratchFolder('users')
  chmodSync(folder, 0o711)
  const stamps = path.join(folder, 'started')
  writeFileSync(stamps, '')
  chmodSync(stamps, 0o666)
  const server = await startServer(['dev', writeDocument(folder), '--data-dir', path.join(folder, 'data')], {
    BENCH_STARTED: stamps,
    PATH: `${standIns}:${process.env.PATH}`,
    STRATUS_DBT_USERS: String(uid),
  })
  const client = createClient(server.ready, server.ready.token)
  const costs = { path: [], git: [] }
  const jobs = { path: { own: 1, other: 2 }, git: { own: 3, other: 4 } }
  try {
    for (let round = -3; round < most && !(round >= fewest && Object.values(costs).every(isKnown)); round++) {
      for (const kind of ['path', 'git']) {
        // To and fro, so that none has always the same one before it.
        const order = round % 2 === 0 ? ['own', 'other'] : ['other', 'own']
        const times = {}
        for (const user of order) times[user] = await timedRun(client, jobs[kind][user])
        if (round >= 0) costs[kind].push(times.other - times.own)
      }
    }
  } finally {
    client.close()
    await server.stop()
  }
  return {
    'run as another user costs, median of pairs, ms': percentile(costs.path, 0.5),
    'run from git as another user costs, median of pairs, ms': percentile(costs.git, 0.5),
  }
}

/** It is true when the median lies, 19 times of 20, no farther than the tolerance from that of the differences so far. */
function isKnown(differences) {
  const reach = Math.sqrt(differences.length) / differences.length
  const [low, middle, high] = [-reach, 0, reach].map((away) => percentile(differences, 0.5 + away))
  return high - middle <= tolerance && middle - low <= tolerance
}

/** Makes a project in its folder and one from git, each with an environment of its own for either user. */
function writeDocument(folder) {
  const project = writeProject(folder)
  const [own, other] = ['own', 'other'].map((name) => writeRepository(path.join(folder, name), project))
  // git reads no repository of somebody else.
  spawnSync('chown', ['-R', `${uid}:${uid}`, other])
  const sources = [{ path: project }, { path: project }, { git: { url: own } }, { git: { url: other } }]
  const projects = sources.map((source, index) => {
    const id = index + 1
    const user = index % 2 === 0 ? {} : { run_as: String(uid) }
    const jobs = [{ id, name: 'Build', execute_steps: ['dbt build'] }]
    return { id, name: `Project ${id}`, ...source, environments: [{ id, name: 'Production', ...user, jobs }] }
  })
  const document = path.join(folder, 'document')
  mkdirSync(document)
  writeFileSync(path.join(document, 'stratus.yml'), JSON.stringify({ projects }))
  return document
}

function writeRepository(repository, project) {
  cpSync(project, repository, { recursive: true })
  for (const args of [
    ['init', '--quiet'],
    ['add', '.'],
    ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost', 'commit', '--quiet', '-m', 'tiny'],
  ])
    spawnSync('git', args, { cwd: repository, stdio: 'ignore' })
  return repository
}

async function timedRun(client, job) {
  const { id } = await client.call('POST', `/jobs/${job}/run/`, { cause: 'bench' })
  await sleep(150) // asking is work for the server
  const run = await untilFinished(client, id, 50)
  if (!run.is_success) throw new Error(`the run failed: ${run.status_message}`)
  await sleep(200) // idle again: the next guardian is up
  return Date.parse(run.finished_at) - Date.parse(run.created_at)
}
