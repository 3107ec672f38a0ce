import type { Config, EngineConfig } from '../config/config.ts'
import { obstaclesOf } from '../engines/dbt/users/reach.ts'
import {
  describeSeparation,
  examineSeparation,
  openDataFolder,
  type Separation,
} from '../engines/dbt/users/separation.ts'
import { serverLogger } from '../logger.ts'

/** Finds out how far the runs of this process can be kept apart, and logs it. Throws a SetupError where the configuration asks for more. */
export async function separateRuns({ engine, dataDir, mode }: Config): Promise<Separation> {
  const separation = await examineSeparation(engine, mode === 'dev')
  await openDataFolder(dataDir, separation)
  const { text, cure } = describeSeparation(separation)
  // Whoever started `dev` is told by its own words, and runs what is theirs.
  if (cure === undefined || mode === 'dev') serverLogger.info(text)
  else serverLogger.warn(`${text}. ${cure}`)
  for (const obstacle of await findObstacles(separation, engine)) serverLogger.warn(obstacle)
  return separation
}

/** Says which programs and folders are shut to the users of runs: their runs would fail, each in its own step. */
export async function findObstacles(
  { users }: Separation,
  { dbtCommands, projectRoots, baseEnvironment }: EngineConfig,
): Promise<string[]> {
  const programs = [...new Set(['dbt', 'git', ...dbtCommands])]
  const needs = { programs, searchPath: baseEnvironment.PATH ?? '', folders: projectRoots }
  const found = await Promise.all([...users.values()].map((user) => obstaclesOf(user, needs)))
  return found.flat()
}
