import type { Config } from '../../config/config.ts'

/** The configuration's word on the machine that definitions are checked on; their caller says whose they are. */
export function machinePolicy({ engine, database, worker }: Config) {
  const { projectRoots, dbtCommands, baseEnvironment } = engine
  return {
    projectRoots,
    dbtCommands,
    // An embedded database has one process, which is the only worker.
    executesHere: database.kind === 'embedded' && worker.enabled,
    profilesDir: baseEnvironment.DBT_PROFILES_DIR,
  }
}
