import { chmod, mkdir, readFile, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { createPgConfig } from '@electric-sql/pglite/node-postgres'
import pg from 'pg'
import { SetupError } from '../../domain/errors.ts'
import { errorCode } from '../../util/error-code.ts'
import { acquireFolderLock } from './folder-lock.ts'
import { PgliteForPg } from './pglite-for-pg.ts'
import { pgliteProgram } from './pglite-program.ts'
import { unpackTemplate } from './unpack-template.ts'

export interface EmbeddedOptions {
  /** The folder that holds the database. */
  readonly dir: string
  /** A prepared data folder (tar.gz) for a first start; without it the first start takes seconds longer. */
  readonly template?: string
}

/** PGlite has this PostgreSQL version inside; a folder of another major version cannot be opened. */
const postgresMajor = '18'

const watchEveryMs = 2000

/** A laptop's database is small: PostgreSQL's usual 128 MB take memory, and a quarter of its start to prepare. */
const settings = ['-c', 'shared_buffers=32MB']

/** Opens the embedded database in `dir`, alone. Throws a SetupError when another process has it or its version is another. */
export async function openEmbedded({
  dir,
  template,
}: EmbeddedOptions): Promise<{ pool: pg.Pool; broken: AbortSignal; close(): Promise<void> }> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await chmod(dir, 0o700)
  const lock = await acquireFolderLock(dir)
  try {
    const dataDir = path.join(dir, 'postgres')
    const version = await readVersion(dataDir)
    if (version !== undefined && version !== postgresMajor) {
      throw new SetupError(
        `The database in ${dir} was made by PostgreSQL ${version}; this Stratus embeds PostgreSQL ${postgresMajor}. ` +
          'Back it up with the Stratus that made it (stratus backup FILE), move the folder away, and restore it with this one ' +
          '(stratus restore FILE).',
      )
    }
    const pglite = await start(dataDir, version === undefined ? template : undefined)
    const watch = await watchFolder(dataDir, () => pglite.giveUp(`its folder ${dataDir} is gone`))
    const pool = new pg.Pool(createPgConfig(pglite))
    // Whoever asks a broken database hears of it.
    pool.on('error', () => {})
    return {
      pool,
      broken: pglite.broken,
      async close() {
        clearInterval(watch)
        if (!pglite.broken.aborted) await pglite.close()
        await lock.release()
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function start(dataDir: string, template: string | undefined): Promise<PgliteForPg> {
  if (template === undefined) return openPglite(dataDir)
  // Moved into place when it is whole: a start that is killed half way leaves nothing that looks like a database.
  const draft = `${dataDir}.draft`
  await rm(draft, { recursive: true, force: true })
  unpackTemplate(await readFile(template), draft)
  await rm(dataDir, { recursive: true, force: true })
  await rename(draft, dataDir)
  return openPglite(dataDir)
}

async function openPglite(dataDir: string): Promise<PgliteForPg> {
  const pglite = new PgliteForPg({
    dataDir,
    startParams: [...PgliteForPg.defaultStartParams, ...settings],
    pgliteWasmModule: await pgliteProgram(),
  })
  await pglite.waitReady
  return pglite
}

/** Without its folder nothing is kept that is written, though much goes on as if it were. */
async function watchFolder(folder: string, onGone: () => void): Promise<NodeJS.Timeout> {
  const { ino } = await stat(folder)
  const watch = setInterval(async () => {
    const isThere = await stat(folder).then(
      (found) => found.ino === ino,
      (error: unknown) => errorCode(error) !== 'ENOENT', // a disk may be slow or shut for a while
    )
    if (isThere) return
    clearInterval(watch)
    onGone()
  }, watchEveryMs)
  return watch.unref()
}

async function readVersion(dataDir: string): Promise<string | undefined> {
  try {
    return (await readFile(path.join(dataDir, 'PG_VERSION'), 'utf8')).trim()
  } catch {
    return undefined // no database yet
  }
}
