import path from 'node:path'
import { openFitting, restoreBackup } from '../../backup/restore-backup.ts'
import { openArtifactStore } from '../../context/open-artifact-store.ts'
import { databaseFolder } from '../../context/prepare-database.ts'
import { openDatabase } from '../../db/database.ts'
import { readMigrations } from '../../db/migrate/read-migrations.ts'
import { keyFileOf, readKey } from '../../secrets/key-file.ts'
import { createSecretBox } from '../../secrets/secret-box.ts'
import { explainDatabase } from '../../server/open-context.ts'
import { print } from '../output/terminal.ts'
import { type DataOptions, dataConfig } from './data-config.ts'

/** `stratus restore FILE`: into an empty database, which need not have a schema yet. */
export async function restore(file: string, options: DataOptions): Promise<void> {
  const config = dataConfig(options)
  const migrations = await readMigrations(databaseFolder())
  const ownKey = await readKey(keyFileOf(config.dataDir))
  const keys = config.secrets.secretKeys.length > 0 ? config.secrets.secretKeys : ownKey === undefined ? [] : [ownKey]
  await using fitting = await openFitting({
    file: path.resolve(file),
    migrations,
    keyIds: createSecretBox(keys).keyIds,
  })
  await explainDatabase(config.database, async () => {
    const database = await openDatabase(config.database)
    try {
      await restoreBackup(database, fitting, { migrations, artifacts: openArtifactStore(config.artifacts) })
    } finally {
      await database.close()
    }
  })
  const { rows, madeAt, stratus } = fitting.header
  const count = Object.values(rows).reduce((sum, each) => sum + each, 0)
  print(`Restored ${count} rows (${rows.runs ?? 0} runs) of ${madeAt}, made by Stratus ${stratus}.`)
}
