import { loadConfig } from '../../config/config.ts'
import { announceStore } from '../../context/announce-store.ts'
import { SetupError } from '../../domain/errors.ts'
import { configureLogging, serverLogger } from '../../logger.ts'
import { assertLeft, leave } from '../../server/leave.ts'
import { awaitContext } from '../../server/open-context.ts'
import { separateRuns } from '../../server/separate-runs.ts'
import { untilAborted, untilSignal } from '../../server/until-signal.ts'
import { warnWithoutDbt } from '../../server/warn-without-dbt.ts'
import { flagValues } from '../flags.ts'

/** `stratus work`: executes runs until a signal, then lets them finish as configured. */
export async function work(options: Readonly<Record<string, unknown>>): Promise<void> {
  const config = loadConfig({ mode: 'work', flags: flagValues(options) })
  if (config.secrets.adminToken !== undefined) {
    throw new SetupError(
      'STRATUS_ADMIN_TOKEN is set, and a worker has no use for it: what its dbt runs must not find it. Give it to "stratus serve" alone.',
    )
  }
  configureLogging({ level: config.logLevel, fd: 1, format: process.stdout.isTTY ? 'people' : 'json' })
  using stop = untilSignal()
  const separation = await separateRuns(config)
  await warnWithoutDbt(config.engine)
  const ctx = await awaitContext(config, stop.signal)
  if (ctx === undefined) return
  let failed: string[] = []
  try {
    await ctx.start(separation)
    void announceStore(ctx.artifacts, stop.signal)
    serverLogger.info({ worker: config.worker.name, capacity: config.worker.capacity }, 'worker ready')
    await untilAborted(stop.signal)
    serverLogger.info({ signal: String(stop.signal.reason) }, 'worker stopping')
  } finally {
    failed = await leave([...ctx.draining(stop), ...ctx.closing()])
  }
  assertLeft(failed)
}
