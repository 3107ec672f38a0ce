import { writeBackup } from '../../backup/write-backup.ts'
import { openArtifactStore } from '../../context/open-artifact-store.ts'
import { openDatabase } from '../../db/database.ts'
import { explainDatabase } from '../../server/open-context.ts'
import { version } from '../../version.ts'
import { print, printNote } from '../output/terminal.ts'
import { assertThere, type DataOptions, dataConfig } from './data-config.ts'

/** `stratus backup FILE`: everything in the database, as it is at one moment. */
export async function backup(file: string, options: DataOptions): Promise<void> {
  const config = dataConfig(options)
  assertThere(config)
  const artifacts = options.artifacts === true ? openArtifactStore(config.artifacts) : undefined
  const made = await explainDatabase(config.database, async () => {
    const database = await openDatabase(config.database)
    try {
      return await writeBackup(database, { file, version, ...(artifacts && { artifacts }) })
    } finally {
      await database.close()
    }
  })
  const count = Object.values(made.rows).reduce((sum, rows) => sum + rows, 0)
  print(`${file}: ${count} rows (${made.rows.runs ?? 0} runs), ${made.bytes} bytes.`)
  if (made.keys.stored.length > 0) {
    printNote(`Its secrets are encrypted: keep the key with the fingerprint ${made.keys.stored.join(', ')} elsewhere.`)
  }
}
