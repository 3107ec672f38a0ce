import type { Config } from '../../config/config.ts'
import {
  describeSeparation,
  examineSeparation,
  openDataFolder,
  type Separation,
} from '../../engines/dbt/users/separation.ts'
import { serverLogger } from '../../logger.ts'

/** Finds out how far the runs of this process can be kept apart, and logs it. Throws a SetupError where the configuration asks for more. */
export async function separateRuns({ engine, dataDir, mode }: Config): Promise<Separation> {
  const separation = await examineSeparation(engine, mode === 'dev')
  await openDataFolder(dataDir, separation)
  const { text, cure } = describeSeparation(separation)
  // Whoever started `dev` is told by its own words, and runs what is theirs.
  if (cure === undefined || mode === 'dev') serverLogger.info(text)
  else serverLogger.warn(`${text}. ${cure}`)
  return separation
}
