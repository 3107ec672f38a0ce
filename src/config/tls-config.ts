import path from 'node:path'
import { SetupError } from '../domain/errors.ts'
import type { Env } from './env-variables.ts'

export type TlsConfig =
  /** `systemCaFile` is SSL_CERT_FILE. */
  | { readonly kind: 'own-ca'; readonly extraNames: readonly string[]; readonly systemCaFile?: string }
  | { readonly kind: 'files'; readonly certFile: string; readonly keyFile: string }
  /** Plain HTTP is spoken to the proxies in these networks only. */
  | { readonly kind: 'none'; readonly trustProxy: readonly string[] }

export function tlsOf(env: Env): TlsConfig {
  const { STRATUS_TLS_CERT: certFile, STRATUS_TLS_KEY: keyFile, STRATUS_TRUST_PROXY: trustProxy } = env
  if ((certFile === undefined) !== (keyFile === undefined)) {
    const [set, missing] = certFile ? ['STRATUS_TLS_CERT', 'STRATUS_TLS_KEY'] : ['STRATUS_TLS_KEY', 'STRATUS_TLS_CERT']
    throw new SetupError(`${set} is set but ${missing} is not: a certificate needs both.`)
  }
  if (certFile !== undefined && keyFile !== undefined) {
    if (trustProxy.length > 0) {
      throw new SetupError(
        'STRATUS_TLS_CERT and STRATUS_TRUST_PROXY are both set: the latter means plain HTTP. Leave out one.',
      )
    }
    return { kind: 'files', certFile: path.resolve(certFile), keyFile: path.resolve(keyFile) }
  }
  if (trustProxy.length > 0) return { kind: 'none', trustProxy }
  return {
    kind: 'own-ca',
    extraNames: env.STRATUS_TLS_NAMES,
    ...(env.SSL_CERT_FILE !== undefined && { systemCaFile: env.SSL_CERT_FILE }),
  }
}
