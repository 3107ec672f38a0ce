import pg from 'pg'
import { createEmptyDatabase } from '../../test/support/database/test-database.ts'
import { eventually } from '../../test/support/eventually.ts'
import { openDatabase } from './database.ts'
import { DatabaseWakeUp, type WakeUpEvent } from './wake-up.ts'

test('an event reaches subscribers here once, and those of another process; a broken connection is made anew', async () => {
  const { url, drop } = await createEmptyDatabase()
  const [here, there] = [
    await openDatabase({ kind: 'postgres', url, poolSize: 2 }),
    await openDatabase({ kind: 'postgres', url, poolSize: 2 }),
  ]
  const wakeUpHere = new DatabaseWakeUp(here)
  const wakeUpThere = new DatabaseWakeUp(there)
  const [seenHere, seenThere]: [WakeUpEvent[], WakeUpEvent[]] = [[], []]
  wakeUpHere.subscribe((event) => seenHere.push(event))
  const unsubscribe = wakeUpThere.subscribe((event) => seenThere.push(event))
  wakeUpHere.start()
  wakeUpThere.start()
  try {
    await eventually('both listen', () => seenHere.length === 1 && seenThere.length === 1)
    wakeUpHere.publish({ kind: 'cancelled', runId: 7 })
    await eventually('it arrives', () => seenThere.length === 2)
    expect(seenThere[1]).toEqual({ kind: 'cancelled', runId: 7 })
    expect(seenHere.slice(1)).toEqual([{ kind: 'cancelled', runId: 7 }])

    const admin = new pg.Client({ connectionString: url })
    await admin.connect()
    await admin.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'stratus-listen'",
    )
    await admin.end()
    await eventually('both listen again', () => seenHere.length === 3 && seenThere.length === 3)
    wakeUpHere.publish({ kind: 'ended', runId: 8 })
    await eventually('it arrives after the break', () => seenThere.length === 4)

    unsubscribe()
    const seenByAnother: WakeUpEvent[] = []
    wakeUpThere.subscribe((event) => seenByAnother.push(event))
    wakeUpHere.publish({ kind: 'ended', runId: 9 })
    await eventually('it arrives at another', () => seenByAnother.length === 1)
    expect(seenThere).toHaveLength(4)
  } finally {
    await wakeUpHere[Symbol.asyncDispose]()
    await wakeUpThere[Symbol.asyncDispose]()
    await here.close()
    await there.close()
    await drop()
  }
})
