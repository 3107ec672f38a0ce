import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import { persistently } from '../../db/persistently.ts'
import type { HoldMode, SharedHold } from '../../engines/run-engine.ts'
import type { RunLease } from '../../queue/lease.ts'
import { type HoldContext, holdExclusively, nextChance } from './exclusive-hold.ts'

/**
 * Shares a resource with other runs, or has it alone. Who wants it alone takes its name, after which nobody joins, and
 * waits for those that share it. Who shares it writes that down first and looks for the name then: as both write before
 * they look, one of them sees the other. Rejects with the signal's reason when aborted.
 */
export async function holdShared(
  ctx: HoldContext,
  lease: RunLease,
  { resource, mode }: { readonly resource: string; readonly mode: HoldMode },
  onWait: (holderRunId: number) => void,
  signal: AbortSignal,
): Promise<SharedHold> {
  let waiting = false
  const wait = (holder: number) => {
    if (!waiting) onWait(holder)
    waiting = true
  }
  const prefix = `${resource}#`
  const take = (name: string) => holdExclusively(ctx, lease, [name], wait, signal)
  const look = (find: typeof holderOf, name: string) => persistently(() => find(ctx.db, lease, name), signal)
  const untilNone = async (find: typeof holderOf, name: string) => {
    for (let holder = await look(find, name); holder !== undefined; holder = await look(find, name)) {
      wait(holder)
      await nextChance(ctx.wakeUp, signal)
    }
  }
  const share = () => take(`${prefix}${lease.runId}`)

  if (mode === 'alone') {
    let hold = await take(resource)
    await untilNone(sharerOf, prefix)
    let isAlone = true
    return {
      get isAlone() {
        return isAlone
      },
      async share() {
        if (!isAlone) return
        const shared = await share()
        await hold.free()
        hold = shared
        isAlone = false
      },
      free: () => hold.free(),
    }
  }
  let hold = await share()
  while ((await look(holderOf, resource)) !== undefined) {
    await hold.free()
    await untilNone(holderOf, resource)
    hold = await share()
  }
  return { isAlone: false, share: async () => {}, free: () => hold.free() }
}

/** Finds another run that holds the resource under its name. */
async function holderOf(db: Db, { runId }: RunLease, resource: string): Promise<number | undefined> {
  const holds = db.selectFrom('exclusive_holds').select('run_id').where('resource', '=', resource)
  return (await holds.where('run_id', '<>', runId).executeTakeFirst())?.run_id
}

/** Finds another run that holds a name of the prefix. */
async function sharerOf(db: Db, { runId }: RunLease, prefix: string): Promise<number | undefined> {
  const holds = db.selectFrom('exclusive_holds').select('run_id').where(sql<boolean>`starts_with(resource, ${prefix})`)
  return (await holds.where('run_id', '<>', runId).executeTakeFirst())?.run_id
}
