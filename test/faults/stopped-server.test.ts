import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { eventually } from '../support/eventually.ts'
import { isAlive } from '../support/slow-project.ts'
import { useSlowServers } from '../support/slow-servers.ts'

describe('servers and workers on PostgreSQL', () => {
  const servers = useSlowServers()

  test('SIGTERM: after the drain time-out what executes ends in error, its dbt is gone, and queued runs wait for others', async () => {
    await servers.open(30)
    const server = await servers.serve([], { STRATUS_DRAIN_TIMEOUT: '1' })
    const job = await servers.applyProject(server)
    const [executing, queued] = [await servers.trigger(server, job), await servers.trigger(server, job)]
    const started = await eventually('dbt runs', () => servers.project.events()[0])
    expect(await server.stop('SIGTERM')).toBe(0)
    expect(isAlive(servers.project, started)).toBe(false)
    expect(servers.project.events().map((event) => event.what)).toEqual(['started', 'interrupted'])
    const other = await servers.serve(['--no-worker'])
    const ended = await servers.runOf(other, executing)
    expect([ended.status, ended.status_message]).toEqual([
      20,
      expect.stringMatching(
        /^The worker \S+ was told to stop \(SIGTERM\) while it executed this run, and stopped it after 1 s, the longest that it waits \(STRATUS_DRAIN_TIMEOUT: 1 s\)\. A rerun starts from the beginning\. See http/,
      ),
    ])
    expect((await servers.runOf(other, queued)).status).toBe(1)
  }, 90_000)

  test('SIGTERM: without a drain time-out runs are waited for, it says for which, and answers that it stops', async () => {
    await servers.open(3)
    const server = await servers.serve()
    const id = await servers.trigger(server, await servers.applyProject(server))
    await eventually('dbt runs', () => servers.project.events()[0])
    const stopped = server.stop('SIGTERM')
    const { data } = await eventually('it is not ready any more', async () => {
      const answer = await server.api.get(`${server.ready.url}/health/ready`)
      return answer.status === 503 && answer
    })
    expect(data.checks).toMatchObject({ database: 'ok', server: 'is stopping' })
    expect(await stopped).toBe(0)
    expect(server.output()).toMatch(
      /"runs":\[\{"id":1,"seconds":\d+\}\],"waitedSeconds":0,"limitSeconds":"as long as they need","msg":"waiting for runs to end; another signal stops them now"/,
    )
    expect(servers.project.events().map((event) => event.what)).toEqual(['started', 'finished'])
    const other = await servers.serve(['--no-worker'])
    expect((await servers.runOf(other, id)).status).toBe(10)
  }, 90_000)

  test('a second SIGTERM ends a worker at once: its run is ended and says so, and its dbt is gone', async () => {
    await servers.open(60)
    const server = await servers.serve(['--no-worker'])
    const worker = servers.work()
    const id = await servers.trigger(server, await servers.applyProject(server))
    const started = await eventually('dbt runs', () => servers.project.events()[0], 30_000)
    worker.kill('SIGTERM')
    await eventually('it says what it waits for', () => worker.output().includes('waiting for runs to end'))
    // One press of a key may arrive twice within half a second: that is no second signal.
    await eventually('the second signal is heard', () => {
      worker.kill('SIGTERM')
      return worker.output().includes('told to stop at once')
    })
    expect(await worker.exited()).toBe(0)
    expect(isAlive(servers.project, started)).toBe(false)
    const ended = await servers.runOf(server, id)
    expect([ended.status, ended.status_message]).toEqual([
      20,
      expect.stringMatching(
        /told to stop \(SIGTERM\) while it executed this run, and told to stop at once by a second signal \(SIGTERM\) after \d+ s \(STRATUS_DRAIN_TIMEOUT: not set: as long as runs need\)\. A rerun/,
      ),
    ])
  }, 90_000)

  test('a third SIGTERM ends a worker whatever it waits for: its dbt ends by its guardian, and its run is not forgotten', async () => {
    await servers.open(120)
    const server = await servers.serve(['--no-worker'])
    const worker = servers.work({ STRATUS_CANCEL_GRACE_SECONDS: '8', SLOW_DBT_STUBBORN: '1' })
    const id = await servers.trigger(server, await servers.applyProject(server))
    const started = await eventually('dbt runs', () => servers.project.events()[0], 30_000)
    worker.kill('SIGTERM')
    await eventually('it says what it waits for', () => worker.output().includes('waiting for runs to end'))
    await eventually('the second signal is heard', () => {
      worker.kill('SIGTERM')
      return worker.output().includes('told to stop at once')
    })
    // dbt does not listen to its SIGINT, for which the worker waits now.
    await eventually('the third signal ends it', () => {
      worker.kill('SIGTERM')
      return worker.endedBy() ?? undefined
    })
    expect([await worker.exited(), worker.endedBy()]).toEqual([null, 'SIGTERM'])
    expect(isAlive(servers.project, started)).toBe(true)
    await eventually('its dbt is ended by the guardian', () => !isAlive(servers.project, started), 40_000)
    const lost = await eventually(
      'the run is taken from it',
      async () => {
        const run = await servers.runOf(server, id)
        return run.is_complete && run
      },
      30_000,
    )
    expect([lost.status, lost.status_message]).toEqual([20, expect.stringContaining('was lost')])
  }, 120_000)

  test('a part of stopping that fails is named, is the exit code, and keeps none from its turn', async () => {
    await servers.open(3)
    const server = await servers.serve([], { STRATUS_LOG_LEVEL: 'debug' })
    const id = await servers.trigger(server, await servers.applyProject(server))
    await eventually('dbt runs', () => servers.project.events()[0])
    await eventually('dbt has ended', () => servers.project.events().some(({ what }) => what === 'finished'))
    await eventually('the run has ended', async () => (await servers.runOf(server, id)).is_complete)
    // The guardian that waits for the next run does not hear that it may go.
    const guardians = await eventually('a guardian waits', () => {
      const waiting = descendantsOf(server.ready.pid).filter((pid) => argvOf(pid).some(isGuardian))
      // A program that is only being started must not be stopped: the server waits for it to begin.
      return waiting.some((pid) => argvOf(pid).findIndex(isGuardian) === 1) && waiting
    })
    for (const pid of guardians) process.kill(pid, 'SIGSTOP')
    try {
      expect(await server.stop('SIGTERM')).toBe(1)
    } finally {
      for (const pid of guardians) process.kill(pid, 'SIGCONT')
    }
    expect(guardians.length).toBeGreaterThan(0)
    expect(server.output()).toContain('Stopping failed in: engine. The log says why.')
    expect(server.output()).toMatch(/"phase":"engine","msg":"a part of stopping failed; the rest goes on"/)
    expect(
      server
        .output()
        .match(/"phase":"[\w- ]+","msg":"stopping"/g)
        ?.map((line) => line.split('"')[3]),
    ).toEqual([...['ready files', 'runs', 'scheduler', 'requests', 'engine', 'wake-ups', 'database']])
  }, 90_000)

  test('a part of stopping that hangs in the file system keeps neither the runs nor the process', async () => {
    await servers.open(3)
    const server = await servers.serve()
    const id = await servers.trigger(server, await servers.applyProject(server))
    await eventually('dbt runs', () => servers.project.events()[0])
    // Somebody who reads this in the place of the ready file waits for somebody who writes.
    const readyFile = path.join(servers.project.dataDir, 'ready.json')
    rmSync(readyFile)
    execFileSync('mkfifo', [readyFile])
    expect([await server.stop('SIGTERM'), server.child.signalCode]).toEqual([null, 'SIGKILL'])
    expect(server.output()).toContain('Stopping failed in: ready files. The log says why.')
    expect(servers.project.events().map((event) => event.what)).toEqual(['started', 'finished'])
    rmSync(readyFile)
    const other = await servers.serve(['--no-worker'])
    expect((await servers.runOf(other, id)).status).toBe(10)
  }, 90_000)

  test('a worker that freezes loses its run, its dbt is ended, and when it wakes it writes nothing', async () => {
    await servers.open(60)
    const server = await servers.serve(['--no-worker'])
    const job = await servers.applyProject(server)
    const worker = servers.work()
    const id = await servers.trigger(server, job)
    const started = await eventually('dbt runs', () => servers.project.events()[0])
    worker.kill('SIGSTOP')
    await eventually('its dbt is ended by the guardian', () => !isAlive(servers.project, started), 25_000)
    const lost = await eventually(
      'the run is taken from it',
      async () => {
        const run = await servers.runOf(server, id)
        return run.is_complete && run
      },
      30_000,
    )
    expect([lost.status, lost.status_message]).toEqual([20, expect.stringContaining('was lost')])
    worker.kill('SIGCONT')
    await eventually('it works again', async () => {
      const next = await servers.trigger(server, job)
      return eventually('the next run starts', () => servers.project.events().some((event) => event.runId === next))
    })
    const after = await servers.runOf(server, id)
    expect({ ...after, finished_at_humanized: '', created_at_humanized: '' }).toEqual({
      ...lost,
      finished_at_humanized: '',
      created_at_humanized: '',
      can_retry: after.can_retry,
      retry_not_supported_reason: after.retry_not_supported_reason,
    })
  }, 90_000)
})

/** Linux lists the children of a process itself. */
const isGuardian = (argument: string) => argument.endsWith('guardian.mjs')

function argvOf(pid: number): string[] {
  return readProc(`${pid}/cmdline`).split('\0')
}

/** Empty for a process that is gone. */
function readProc(file: string): string {
  try {
    return readFileSync(`/proc/${file}`, 'utf8')
  } catch {
    return ''
  }
}

function descendantsOf(pid: number): number[] {
  const children = readProc(`${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number)
  return children.flatMap((child) => [child, ...descendantsOf(child)])
}
