import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { binDir, root, stateDir } from '../lib/paths.mjs'
import { passThrough } from '../lib/run-command.mjs'
import { startStratus } from '../lib/stratus-server.mjs'
import { describeCompatProjects } from './project.mjs'

const testDir = path.join(root, 'test', 'compat')

/** The environments of clients, each with the folders of test/compat that it runs. */
export const newestClients = { airflow: ['airflow'], clients: ['clients', 'replays'] }
export const olderClients = { 'airflow-3.0': ['airflow'], 'airflow-2.11': ['airflow'], 'airflow-2.10': ['airflow'] }

/** The clients of `npm test`; with `full`, those of `npm run test:full`. */
export function clientsFor({ full }) {
  return full ? { ...newestClients, ...olderClients } : newestClients
}

/** A run of the tests in an environment leaves this file for docs/compatibility.md. */
export function resultFile(environment) {
  return path.join(stateDir, 'compat-results', `${environment}.json`)
}

/**
 * Runs the tests of the clients, against the server that STRATUS_COMPAT_URL names or one of their own; gives pytest's
 * exit code and its counts for each environment.
 */
export async function runCompat(programs, clients, pytestArgs = []) {
  const target = process.env.STRATUS_COMPAT_URL ? {} : await startTarget(programs)
  const results = []
  for (const [environment, folders] of Object.entries(clients)) {
    console.log(`\nClients in ${environment}:`)
    // A part of the tests says nothing about the whole.
    const report = resultFile(pytestArgs.length > 0 ? 'part' : environment)
    mkdirSync(path.dirname(report), { recursive: true })
    rmSync(report, { force: true })
    const env = { ...process.env, ...target, STRATUS_COMPAT_REPORT: report, PYTHONDONTWRITEBYTECODE: '1' }
    const args = ['-m', 'pytest', '--color=auto', ...(pytestArgs.length > 0 ? pytestArgs : folders)]
    const code = await passThrough(path.join(binDir(environment), 'python'), args, { cwd: testDir, env })
    results.push({ code, ...countOutcomes(report) })
  }
  return results
}

/** A server with the projects that the tests know, as variables say where it is. */
async function startTarget(programs) {
  const dir = path.join(stateDir, 'compat')
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir, { recursive: true })
  cpSync(path.join(testDir, 'projects'), dir, { recursive: true })
  // JSON is YAML too.
  writeFileSync(path.join(dir, 'stratus.yml'), JSON.stringify(describeCompatProjects(dir), undefined, 2))
  const ready = await startStratus(programs, {
    project: dir,
    dataDir: path.join(dir, 'data'),
    port: 0,
    logFile: path.join(dir, 'stratus.log'),
  })
  return {
    STRATUS_COMPAT_URL: ready.url,
    STRATUS_COMPAT_TOKEN: ready.token,
    STRATUS_COMPAT_JOB_TOKEN: JSON.parse(ready.airflow_connection).password,
    STRATUS_COMPAT_ACCOUNT_ID: String(ready.account_id),
    STRATUS_COMPAT_CA_FILE: ready.ca_bundle_file,
  }
}

/** The counts of a report; none when pytest ended before it wrote one. */
function countOutcomes(file) {
  let tests = []
  try {
    tests = JSON.parse(readFileSync(file, 'utf8')).tests
  } catch {
    // pytest did not come so far; its exit code tells.
  }
  const count = (outcome) => tests.filter((test) => test.outcome === outcome).length
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') }
}
