import type { EngineConfig } from '../config/config.ts'
import { findOnPath } from '../engines/dbt/program/find-on-path.ts'
import { serverLogger } from '../logger.ts'

/** Logs it when runs of environments that name no dbt of their own would all fail on this worker. */
export async function warnWithoutDbt({ baseEnvironment }: EngineConfig): Promise<void> {
  const file = await findOnPath('dbt', baseEnvironment.PATH ?? '')
  if (file === undefined) {
    serverLogger.warn(
      'There is no dbt on the PATH of this worker: runs of environments whose "dbt" names no command of its own will fail.',
    )
  }
}
