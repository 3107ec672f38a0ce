import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { SetupError } from '../../domain/errors.ts'
import { writeCaBundle } from '../../tls/ca-bundle.ts'
import { errorCode } from '../../util/error-code.ts'

/** The file that this machine keeps for a server, with a name that tells servers apart. */
export function fileFor(folder: string, url: string, kind: string): string {
  const hash = createHash('sha256').update(url).digest('hex').slice(0, 8)
  return path.join(folder, `${new URL(url).hostname.replace(/[^a-z0-9.-]/gi, '_')}-${hash}.${kind}`)
}

interface Trust {
  readonly url: string
  readonly caFile: string
  readonly systemCaFile: string | undefined
}

/** Writes a file with the system's roots and the server's CA: it takes the place of the system's for all of Airflow. */
export async function keepBundle(folder: string, { url, caFile, systemCaFile }: Trust): Promise<string> {
  const file = fileFor(folder, url, 'ca-bundle.pem')
  const ca = await readFile(caFile, 'utf8').catch((cause: unknown) => {
    throw new SetupError(`STRATUS_CA_FILE: ${caFile} cannot be read (${errorCode(cause) ?? 'unknown reason'}).`, {
      cause,
    })
  })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeCaBundle(file, ca, systemCaFile)
  return file
}
