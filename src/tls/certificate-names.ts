import type { X509Certificate } from 'node:crypto'
import net from 'node:net'
import os from 'node:os'

interface NameSource {
  readonly host: string
  readonly publicUrl?: string
  readonly extraNames: readonly string[]
}

const wildcardHosts = new Set(['0.0.0.0', '::'])

/** The names that a server certificate must carry, each once, in a stable order. */
export function certificateNames({ host, publicUrl, extraNames }: NameSource, machine = os.hostname()): string[] {
  const publicHost = publicUrl === undefined ? [] : [new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')]
  const names = ['localhost', '127.0.0.1', '::1', machine, host, ...publicHost, ...extraNames]
  return [...new Set(names.map(normalizeName))].filter((name) => isCertifiable(name) && !wildcardHosts.has(name))
}

/** The names in a certificate, in the same spelling. */
export function namesIn(certificate: X509Certificate): string[] {
  return (certificate.subjectAltName ?? '')
    .split(', ')
    .map((entry) => entry.replace(/^(DNS|IP Address):/, ''))
    .map(normalizeName)
}

function normalizeName(name: string): string {
  return net.isIPv6(name) ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name.toLowerCase()
}

/** A machine may be called anything; a certificate takes ASCII without blanks. */
function isCertifiable(name: string): boolean {
  return net.isIP(name) !== 0 || /^[a-z0-9*_]([a-z0-9_.-]*[a-z0-9])?$/.test(name)
}
