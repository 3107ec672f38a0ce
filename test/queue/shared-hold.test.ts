import type { HoldMode, RunSink, SharedHold } from '../../src/engines/run-engine.ts'
import { cancelRun } from '../../src/runs/cancel-run.ts'
import { databaseKinds } from '../support/database/test-database.ts'
import { eventually } from '../support/eventually.ts'
import { createJob } from '../support/rows.ts'
import { aborted, ScriptedEngine } from '../support/scripted-engine.ts'
import { useWorkers } from '../support/worker-harness.ts'

const folder = 'folder:1:2'

describe.each(databaseKinds)('what runs share, or have alone, on %s', (kind) => {
  const harness = useWorkers(kind)
  const sinks = new Map<number, { sink: RunSink; end: () => void }>()
  const order: string[] = []
  const names = new Map<number, string>()

  beforeEach(() => {
    sinks.clear()
    names.clear()
    order.length = 0
    // Two workers, as on two machines: nothing of this is in the memory of one.
    for (const name of ['w1', 'w2']) {
      const engine = new ScriptedEngine(async (plan, sink, signal) => {
        await sink.report({ type: 'stepStarted', step: 1 })
        await new Promise<void>((resolve) => {
          sinks.set(plan.runId, { sink, end: resolve })
          void aborted(signal).then(resolve)
        })
        await sink.report({ type: 'stepFinished', step: 1, end: { status: signal.aborted ? 'cancelled' : 'success' } })
        return { outcome: signal.aborted ? 'stopped' : 'success' }
      })
      harness.startWorker(engine, { name })
    }
  })

  /** A run that does what the test says. */
  async function startRun(name: string) {
    const id = await harness.trigger(await createJob(harness.db))
    names.set(id, name)
    const { sink, end } = await eventually(`${name} is executed`, () => sinks.get(id))
    return {
      id,
      /** Notes when it waits, and when it was given the folder. */
      async take(mode: HoldMode): Promise<SharedHold> {
        const hold = await sink.holdShared(folder, mode, (holder) =>
          order.push(`${name} waits for ${names.get(holder)}`),
        )
        order.push(`${name} has it`)
        return hold
      },
      async end() {
        end()
        await harness.released(id)
      },
    }
  }
  const said = (line: string) => eventually(line, () => order.includes(line))
  const startRuns = async <T extends string>(...all: T[]) => await Promise.all(all.map(startRun))

  test('several share it; who wants it alone waits for them, and those after wait for it; ends free it', async () => {
    const [one, two, alone, late] = await startRuns('one', 'two', 'alone', 'late')
    if (!one || !two || !alone || !late) throw new Error('There are four.')
    expect((await one.take('shared')).isAlone).toBe(false)
    await two.take('shared')
    const wanted = alone.take('alone')
    await eventually('alone waits', () => order.some((line) => line.startsWith('alone waits for')))
    const after = late.take('shared')
    await said('late waits for alone')
    await one.end()
    await two.end()
    expect((await wanted).isAlone).toBe(true)
    expect(order.at(-1)).toBe('alone has it')
    await alone.end()
    await after
    expect(order.at(-1)).toBe('late has it')
    await late.end()
    expect(await harness.db.selectFrom('exclusive_holds').selectAll().execute()).toEqual([])
  })

  test('who had it alone shares it, with nobody in between, and may give it back early', async () => {
    const [first, second, alone] = await startRuns('first', 'second', 'alone')
    if (!first || !second || !alone) throw new Error('There are three.')
    const hold = await first.take('alone')
    const joining = second.take('shared')
    await said('second waits for first')
    await hold.share()
    await hold.share() // a second time changes nothing
    expect(hold.isAlone).toBe(false)
    const joined = await joining
    const wanted = alone.take('alone')
    await eventually('alone waits', () => order.some((line) => line.startsWith('alone waits for')))
    await joined.free()
    expect(order).not.toContain('alone has it')
    await hold.free()
    await wanted
    for (const run of [first, second, alone]) await run.end()
  })

  test('who is stopped while it waits keeps it from nobody', async () => {
    const [first, stopped, next] = await startRuns('first', 'stopped', 'next')
    if (!first || !stopped || !next) throw new Error('There are three.')
    await first.take('shared')
    const wanted = stopped.take('alone')
    await said('stopped waits for first')
    const joining = next.take('shared')
    await said('next waits for stopped')
    await cancelRun(harness, { accountId: 1, runId: stopped.id })
    await expect(wanted).rejects.toBe('cancel')
    await joining
    for (const run of [first, next]) await run.end()
  })

  test('many that share it and want it alone by turns are never together with one that has it alone', async () => {
    const runs = await startRuns('a', 'b', 'c', 'd')
    const inside = { shared: 0, alone: 0 }
    const together: string[] = []
    const visit = async (mode: HoldMode) => {
      inside[mode] += 1
      if (inside.alone > 1 || (inside.alone > 0 && inside.shared > 0)) together.push(JSON.stringify(inside))
      await new Promise(setImmediate)
      inside[mode] -= 1
    }
    await Promise.all(
      runs.map(async (run, index) => {
        for (let round = 0; round < 6; round++) {
          const mode = (round + index) % 3 === 0 ? 'alone' : 'shared'
          const hold = await run.take(mode)
          await visit(mode)
          await hold.free()
        }
      }),
    )
    expect(together).toEqual([])
    for (const run of runs) await run.end()
  })
})
