import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Config } from '../config/config.ts'
import { SetupError } from '../domain/errors.ts'
import { errorCode } from '../util/error-code.ts'
import { certificateNames } from './certificate-names.ts'
import { ensureOwnCertificates } from './own-certificates.ts'

export interface ServerCredentials {
  readonly key: string
  readonly certificate: string
  /** Clients must trust this file; it is absent with a certificate of the user's own. */
  readonly caFile?: string
  readonly caBundleFile?: string
}

export type CredentialsConfig = Pick<Config, 'tls' | 'dataDir' | 'host' | 'publicUrl'>

/** Loads key and certificate to serve with; undefined for plain HTTP behind a proxy. */
export async function loadServerCredentials(
  config: CredentialsConfig,
  renew?: 'server' | 'authority',
): Promise<ServerCredentials | undefined> {
  const { tls } = config
  switch (tls.kind) {
    case 'none':
      return undefined
    case 'files':
      return loadFiles(tls.certFile, tls.keyFile)
    case 'own-ca':
      return ensureOwnCertificates({
        dir: certificatesDir(config.dataDir),
        names: certificateNames({ ...config, extraNames: tls.extraNames }),
        systemCaFile: tls.systemCaFile,
        renew,
      })
  }
}

export function certificatesDir(dataDir: string): string {
  return path.join(dataDir, 'tls')
}

async function loadFiles(certFile: string, keyFile: string): Promise<ServerCredentials> {
  const certificate = await read('STRATUS_TLS_CERT', certFile)
  const key = await read('STRATUS_TLS_KEY', keyFile)
  const parsed = parse('STRATUS_TLS_CERT', certFile, 'a certificate', () => new X509Certificate(certificate))
  const privateKey = parse('STRATUS_TLS_KEY', keyFile, 'a private key without passphrase', () => createPrivateKey(key))
  if (!parsed.checkPrivateKey(privateKey)) {
    throw new SetupError(
      `The key in ${keyFile} (STRATUS_TLS_KEY) does not belong to the certificate in ${certFile} (STRATUS_TLS_CERT).`,
    )
  }
  if (Date.parse(parsed.validTo) < Date.now()) {
    throw new SetupError(
      `The certificate in ${certFile} (STRATUS_TLS_CERT) ended on ${parsed.validTo}. Put a new one there.`,
    )
  }
  return { key, certificate }
}

async function read(variable: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new SetupError(`${variable}: ${file} cannot be read (${errorCode(cause) ?? 'unknown reason'}).`, { cause })
  }
}

function parse<T>(variable: string, file: string, expected: string, parser: () => T): T {
  try {
    return parser()
  } catch (cause) {
    throw new SetupError(`${variable}: ${file} does not hold ${expected} in PEM form.`, { cause })
  }
}
