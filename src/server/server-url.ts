import type { Config } from '../config/config.ts'

const everywhere = new Set(['0.0.0.0', '::', '127.0.0.1', '::1', 'localhost'])

/** The address that people reach the server by, without a slash at its end. */
export function serverUrl({ publicUrl, host, tls }: Pick<Config, 'publicUrl' | 'host' | 'tls'>, port: number): string {
  if (publicUrl !== undefined) return publicUrl
  const name = everywhere.has(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return new URL(`${tls.kind === 'none' ? 'http' : 'https'}://${name}:${port}`).origin
}
