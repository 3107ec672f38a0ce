import { writeFile } from 'node:fs/promises'
import { fetchDocument } from '../../client/export-api.ts'
import { writeDocument } from '../../definitions/stratus-yml/export/write-document.ts'
import { SetupError } from '../../domain/errors.ts'
import { errorCode } from '../../util/error-code.ts'
import { openClient } from '../open-client.ts'
import { print } from '../output/terminal.ts'

interface ExportOptions extends Readonly<Record<string, unknown>> {
  readonly file?: string
}

/** `stratus export`: writes what the server has as a stratus.yml. */
export async function exportDocument(options: ExportOptions): Promise<void> {
  using client = await openClient(options)
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
