// An embedded database with nothing in it: a first start that loads it takes a fraction of the time of initdb.
import { PGlite } from '@electric-sql/pglite'

/** Answers the tar.gz of a fresh data folder. */
export async function makeDatabaseTemplate() {
  const database = await PGlite.create()
  try {
    await database.exec('checkpoint')
    const dump = await database.dumpDataDir('gzip')
    return Buffer.from(await dump.arrayBuffer())
  } finally {
    await database.close()
  }
}
