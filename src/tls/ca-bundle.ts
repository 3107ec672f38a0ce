import { readFile, realpath } from 'node:fs/promises'
import path from 'node:path'
import tls from 'node:tls'
import { writeFileAtomically } from '../util/files/write-file-atomically.ts'

/** Says where distributions keep all their roots in one file. */
const distributionBundles = [
  '/etc/ssl/certs/ca-certificates.crt', // Debian, Ubuntu, Alpine, Arch
  '/etc/pki/tls/certs/ca-bundle.crt', // Fedora, RHEL
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/ca-bundle.pem', // openSUSE
  '/etc/ssl/cert.pem', // macOS
]

/** Writes the system's roots and our own CA into `file`, so that trusting it takes nothing away. */
export async function writeCaBundle(file: string, ownCa: string, systemCaFile?: string): Promise<void> {
  const roots = (await systemRoots(path.dirname(file), systemCaFile)).trimEnd()
  const bundle = roots.includes(ownCa.trim()) ? `${roots}\n` : `${roots}\n${ownCa}`
  if ((await readBundle(file)) !== bundle) await writeFileAtomically(file, bundle, 0o644)
}

/** SSL_CERT_FILE unless it is a file of ours in `ownDir`, else the distribution's bundle, else Node's roots. */
export async function systemRoots(
  ownDir: string,
  systemCaFile: string | undefined,
  bundles: readonly string[] = distributionBundles,
): Promise<string> {
  const candidates = systemCaFile === undefined || (await isInside(systemCaFile, ownDir)) ? [] : [systemCaFile]
  for (const candidate of [...candidates, ...bundles]) {
    const content = await readBundle(candidate)
    if (content?.includes('-----BEGIN CERTIFICATE-----')) return content
  }
  return tls.rootCertificates.join('\n')
}

async function isInside(file: string, dir: string): Promise<boolean> {
  try {
    return path.dirname(await realpath(file)) === (await realpath(dir))
  } catch {
    return false // one of them is missing: not the same
  }
}

async function readBundle(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch {
    return undefined // missing or unreadable: the next candidate
  }
}
