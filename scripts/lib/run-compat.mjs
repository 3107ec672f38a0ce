import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describeCompatProjects } from './compat-project.mjs'
import { root, stateDir } from './paths.mjs'
import { passThrough } from './run-command.mjs'
import { startStratus } from './stratus-server.mjs'
import { binDir } from './virtual-environment.mjs'

const testDir = path.join(root, 'test', 'compat')

/** Runs the tests with Airflow's provider against a server of their own; gives pytest's exit code and its counts. */
export async function runCompat(programs, pytestArgs = []) {
  const dir = path.join(stateDir, 'compat')
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir, { recursive: true })
  cpSync(path.join(testDir, 'projects'), dir, { recursive: true })
  // JSON is YAML too.
  writeFileSync(path.join(dir, 'stratus.yml'), JSON.stringify(describeCompatProjects(dir), undefined, 2))
  const { readyFile } = await startStratus(programs, {
    project: dir,
    dataDir: path.join(dir, 'data'),
    port: 0,
    logFile: path.join(dir, 'stratus.log'),
  })
  const report = path.join(dir, 'report.xml')
  const args = ['-m', 'pytest', '--color=auto', `--junit-xml=${report}`, ...pytestArgs]
  const env = { ...process.env, STRATUS_READY_FILE: readyFile, PYTHONDONTWRITEBYTECODE: '1' }
  const code = await passThrough(path.join(binDir('airflow'), 'python'), args, { cwd: testDir, env })
  return { code, ...readReport(report) }
}

/** The counts of a JUnit report; none when pytest ended before it wrote one. */
function readReport(file) {
  const counts = { tests: 0, failures: 0, errors: 0, skipped: 0 }
  let text = ''
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    // pytest did not come so far; its exit code tells.
  }
  const suite = /<testsuite [^>]*>/.exec(text)?.[0] ?? ''
  for (const name of Object.keys(counts)) counts[name] = Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0)
  const failed = counts.failures + counts.errors
  return { passed: counts.tests - failed - counts.skipped, failed, skipped: counts.skipped }
}
