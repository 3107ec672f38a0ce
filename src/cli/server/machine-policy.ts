import type { Config } from '../../config/config.ts'

/** What the configuration says of the machine that definitions are checked on; of whom they are, its caller says. */
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
