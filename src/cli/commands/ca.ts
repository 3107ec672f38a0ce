import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { findLocalServer } from '../../client/find-local-server.ts'
import { devDataDir } from '../../config/config.ts'
import { readEnv } from '../../config/env.ts'
import { SetupError } from '../../domain/errors.ts'
import { namesOfServer } from '../../tls/own-certificates.ts'
import { certificatesDir, loadServerCredentials } from '../../tls/server-credentials.ts'
import { errorCode } from '../../util/error-code.ts'
import { flagValues } from '../flags.ts'
import { print, printNote } from '../output/terminal.ts'

interface CaOptions extends Readonly<Record<string, unknown>> {
  readonly newAuthority?: boolean
}

/** `stratus ca [print|paths|renew]`: the own CA in a data folder. */
export async function ca(what: string, options: CaOptions): Promise<void> {
  const dataDir = await findDataDir(options)
  const dir = certificatesDir(dataDir)
  const caFile = path.join(dir, 'ca.pem')
  switch (what) {
    case 'print':
      return print((await readCa(caFile)).trimEnd())
    case 'paths':
      await readCa(caFile)
      print(`ca        ${caFile}`)
      return print(`ca-bundle ${path.join(dir, 'ca-bundle.pem')}`)
    case 'renew':
      await readCa(caFile)
      return renew(dataDir, options)
    default:
      throw new SetupError(`"${what}" is not known. Expected: print, paths or renew.`)
  }
}

async function renew(dataDir: string, { newAuthority }: CaOptions): Promise<void> {
  // The names stay those of the certificate: the server knows its own options, this command does not.
  const extraNames = await namesOfServer(certificatesDir(dataDir))
  const env = readEnv()
  await loadServerCredentials(
    {
      tls: { kind: 'own-ca', extraNames, ...(env.SSL_CERT_FILE !== undefined && { systemCaFile: env.SSL_CERT_FILE }) },
      dataDir,
      host: 'localhost',
    },
    newAuthority ? 'authority' : 'server',
  )
  print(
    newAuthority
      ? 'There is a new CA and a new certificate; clients must trust the new CA.'
      : 'There is a new certificate.',
  )
  printNote('A running server takes it within an hour, or at its next start.')
}

async function findDataDir(options: CaOptions): Promise<string> {
  const env = readEnv(flagValues(options))
  if (env.STRATUS_DATA_DIR !== undefined) return path.resolve(env.STRATUS_DATA_DIR)
  const local = await findLocalServer(env, process.cwd())
  return local?.dataDir ?? devDataDir(process.cwd(), env)
}

async function readCa(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const hint = errorCode(cause) === 'ENOENT' ? 'A server makes it at its first start' : 'It cannot be read'
    throw new SetupError(`There is no CA at ${file}. ${hint}; --data-dir names another data folder.`, { cause })
  }
}
