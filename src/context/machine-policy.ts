import type { Config } from '../config/config.ts'
import { versionOfDbt } from '../engines/dbt/program/dbt-program.ts'

/** The configuration's word on the machine that definitions are checked on; their caller says whose they are. */
export function machinePolicy({ engine, database, worker }: Config) {
  const { projectRoots, dbtCommands, allowedDetails, dbtUser, dbtUsers, baseEnvironment } = engine
  return {
    projectRoots,
    dbtCommands,
    async findDbtVersion(command: string | null, folder: string | null) {
      return versionOfDbt(command ?? 'dbt', baseEnvironment.PATH ?? '', folder ?? '/')
    },
    allowedDetails,
    dbtUsers: [...(dbtUser === undefined ? [] : [dbtUser]), ...dbtUsers],
    // An embedded database has one process, which is the only worker.
    executesHere: database.kind === 'embedded' && worker.enabled,
    profilesDir: baseEnvironment.DBT_PROFILES_DIR,
  }
}
