import { type ChildProcess, spawn } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import { build } from 'esbuild'
import { endLeftoverProcesses } from '../../../src/engines/dbt/processes/end-leftover-processes.ts'
import { identifyProcess } from '../../../src/engines/dbt/processes/process-identity.ts'
import { eventually } from '../../support/eventually.ts'
import { createHarness, fixtureProgram, type Harness, repository } from '../support/engine-harness.ts'
import { isRunning } from '../support/processes.ts'

/** Bundled as the product is, with the guardian beside the bundle. */
async function buildWorker(folder: string): Promise<string> {
  const outfile = path.join(folder, 'run-in-worker.mjs')
  await build({
    entryPoints: [fixtureProgram('run-in-worker.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  })
  await copyFile(path.join(repository, 'src/engines/dbt/processes/guardian.mjs'), path.join(folder, 'guardian.mjs'))
  return outfile
}

describe('when a worker dies', () => {
  let harness: Harness
  let worker: string
  const started: ChildProcess[] = []
  beforeAll(async () => {
    harness = await createHarness()
    worker = await buildWorker(harness.folder)
  })
  afterAll(async () => {
    for (const child of started) child.kill('SIGKILL')
    await harness[Symbol.asyncDispose]()
  })

  async function startWorker(program: string, launcher: readonly string[] = []) {
    const dataDir = await mkdtemp(path.join(harness.folder, 'worker-'))
    const project = await harness.project()
    const args = [...launcher, process.execPath, worker, dataDir, project, fixtureProgram(program)]
    const child = spawn(args[0] ?? '', args.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] })
    started.push(child)
    const output = { text: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output.text += text
    })
    await eventually('dbt runs', () => /ready \d+/.test(output.text), 10_000)
    return { child, dataDir, project, output, dbt: Number(/ready (\d+)/.exec(output.text)?.[1]) }
  }

  test('its dbt is interrupted, though nobody is left to do it', async () => {
    const { child, dbt, project } = await startWorker('dbt-hangs')
    child.kill('SIGKILL')
    await eventually('dbt is gone', () => !isRunning(dbt), 1500)
    expect(await readdir(project)).toContain('interrupted')
  })

  test('a dbt that ignores this is killed after the grace', async () => {
    const { child, dbt } = await startWorker('dbt-ignores-sigint')
    child.kill('SIGKILL')
    await eventually('dbt is gone', () => !isRunning(dbt), 2500)
  })

  test('and its guardian with it, the next worker ends what it recorded, and clears up', async () => {
    const { child, dbt, dataDir } = await startWorker('dbt-hangs')
    const [name = ''] = await readdir(path.join(dataDir, 'processes'))
    const record = JSON.parse(await readFile(path.join(dataDir, 'processes', name), 'utf8'))
    expect(record).toMatchObject({ host: hostname(), leader: { pid: dbt }, owner: { pid: child.pid } })
    process.kill(record.guardian.pid, 'SIGSTOP')
    child.kill('SIGKILL')
    process.kill(record.guardian.pid, 'SIGKILL')
    await eventually('the worker is gone', () => !isRunning(record.owner.pid))
    await eventually('its guardian is gone', () => !isRunning(record.guardian.pid))
    expect(isRunning(dbt)).toBe(true)
    expect(await endLeftoverProcesses(dataDir, 1000)).toBe(1)
    expect(isRunning(dbt)).toBe(false)
    expect(await readdir(path.join(dataDir, 'processes'))).toEqual([])
    expect(await readdir(path.join(dataDir, 'runs'))).toEqual([])
  })

  test('nothing is done to a process that merely has the same id, nor to what a living worker runs', async () => {
    const { child, dbt, dataDir } = await startWorker('dbt-hangs')
    expect(await endLeftoverProcesses(dataDir, 100)).toBe(0)
    expect(isRunning(dbt)).toBe(true)
    expect(await readdir(path.join(dataDir, 'runs'))).toHaveLength(1)

    const bystander = spawn('sleep', ['60'], { detached: true })
    started.push(bystander)
    const pid = bystander.pid ?? 0
    const dead = { pid: 2 ** 22 - 1, startedAt: 'long ago' }
    const other = await mkdtemp(path.join(harness.folder, 'recycled-'))
    await mkdir(path.join(other, 'processes'))
    const record = { host: hostname(), owner: dead, leader: { pid, startedAt: 'another time' } }
    await writeFile(path.join(other, 'processes/x.json'), JSON.stringify(record))
    expect(await endLeftoverProcesses(other, 100)).toBe(0)
    expect(isRunning(pid)).toBe(true)
    expect(await identifyProcess(pid)).toBeDefined()
    child.kill('SIGTERM')
    await eventually('the run was cancelled', () => !isRunning(dbt))
  })

  test('is another thing than being started with SIGINT ignored, as a background job is: a cancel still works', async () => {
    const { child, output } = await startWorker('dbt-hangs', ['/bin/sh', '-c', 'trap "" INT; exec "$@"', 'sh'])
    child.kill('SIGTERM')
    await eventually('the run was cancelled', () => output.text.includes('outcome: stopped\n'), 2000)
    expect(output.text).toContain('interrupted\n')
  })
})
