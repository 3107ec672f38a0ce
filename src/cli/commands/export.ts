import { writeFile } from 'node:fs/promises'
import { ApiClient } from '../../client/api-client.ts'
import { fetchDocument } from '../../client/export-api.ts'
import { findServer } from '../../client/find-server.ts'
import { readEnv } from '../../config/env.ts'
import { SetupError } from '../../domain/errors.ts'
import { writeDocument } from '../../projects/export/write-document.ts'
import { errorCode } from '../../util/error-code.ts'
import { flagValues } from '../flags.ts'
import { print } from '../terminal.ts'

interface ExportOptions extends Readonly<Record<string, unknown>> {
  readonly file?: string
}

/** `stratus export`: writes what the server has as a stratus.yml. */
export async function exportDocument(options: ExportOptions): Promise<void> {
  const server = await findServer(readEnv(flagValues(options)), process.cwd())
  using client = new ApiClient(server)
  const text = writeDocument(await fetchDocument(client))
  if (options.file === undefined) print(text.trimEnd())
  else await writeNew(options.file, text)
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' })
  } catch (error) {
    const reason = errorCode(error) === 'EEXIST' ? 'it is there already; choose another name' : String(error)
    throw new SetupError(`Cannot write ${file}: ${reason}.`, { cause: error })
  }
}
