import { X509Certificate } from 'node:crypto'
import { chmod, mkdir, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { errorCode } from '../util/error-code.ts'
import { createFileAtomically, writeFileAtomically } from '../util/write-file-atomically.ts'
import { writeCaBundle } from './ca-bundle.ts'
import { namesIn } from './certificate-names.ts'
import type { Issued } from './make-certificates.ts'

export interface OwnCertificates {
  readonly key: string
  readonly certificate: string
  readonly caFile: string
  readonly caBundleFile: string
}

export interface OwnCertificatesOptions {
  /** Kept here: `authority.pem` and `server.pem` with their keys (0600), `ca.pem` and `ca-bundle.pem` for clients. */
  readonly dir: string
  readonly names: readonly string[]
  readonly systemCaFile?: string | undefined
  readonly now?: Date
  /** Makes them anew though they are still good; `authority` the CA too, which every client must then trust anew. */
  readonly renew?: 'server' | 'authority' | undefined
}

const dayMs = 24 * 60 * 60 * 1000
/** Renewed this long before the end: a server that runs for weeks looks once a day. */
const serverMarginDays = 30
/** An authority is replaced while it can still sign a whole server certificate. */
const authorityMarginDays = 400

/** The certificates of the own CA in `dir`: those there, or new ones where missing, ending soon or for other names. */
export async function ensureOwnCertificates(options: OwnCertificatesOptions): Promise<OwnCertificates> {
  const { dir, now = new Date() } = options
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const authority = await ensureAuthority(options, now)
  const server = await ensureServer(options, authority, now)
  const caFile = path.join(dir, 'ca.pem')
  if ((await readIfThere(caFile)) !== authority.certificate)
    await writeFileAtomically(caFile, authority.certificate, 0o644)
  const caBundleFile = path.join(dir, 'ca-bundle.pem')
  await writeCaBundle(caBundleFile, authority.certificate, options.systemCaFile)
  return { ...server, caFile, caBundleFile }
}

/** The names in the server certificate of `dir`; none when there is no such certificate. */
export async function namesOfServer(dir: string): Promise<string[]> {
  const kept = await readIssued(path.join(dir, 'server.pem'))
  return kept === undefined ? [] : namesIn(new X509Certificate(kept.certificate))
}

async function ensureAuthority({ dir, renew }: OwnCertificatesOptions, now: Date): Promise<Issued> {
  const file = path.join(dir, 'authority.pem')
  if (renew === 'authority') await rm(file, { force: true })
  const kept = await readIssued(file)
  if (kept && daysLeft(kept, now) > authorityMarginDays) return kept
  await rm(file, { force: true })
  const { makeAuthority } = await import('./make-certificates.ts')
  const made = await makeAuthority(os.hostname(), now)
  // Of two servers that start at once on one folder, both must use the same authority.
  const isOurs = await createFileAtomically(file, made.key + made.certificate, 0o600)
  return isOurs ? made : ((await readIssued(file)) ?? made)
}

async function ensureServer(
  { dir, names, renew }: OwnCertificatesOptions,
  authority: Issued,
  now: Date,
): Promise<Issued> {
  const file = path.join(dir, 'server.pem')
  const kept = await readIssued(file)
  if (kept && renew === undefined && isGood(kept, authority, names, now)) return kept
  const { makeServerCertificate } = await import('./make-certificates.ts')
  const made = await makeServerCertificate(authority, names, now)
  await writeFileAtomically(file, made.key + made.certificate, 0o600)
  return made
}

function isGood(server: Issued, authority: Issued, names: readonly string[], now: Date): boolean {
  const certificate = new X509Certificate(server.certificate)
  const issuer = new X509Certificate(authority.certificate)
  return (
    daysLeft(server, now) > serverMarginDays &&
    certificate.verify(issuer.publicKey) &&
    [...namesIn(certificate)].sort().join() === [...names].sort().join()
  )
}

function daysLeft(issued: Issued, now: Date): number {
  return (Date.parse(new X509Certificate(issued.certificate).validTo) - now.getTime()) / dayMs
}

/** A key and its certificate in one file, so that nobody ever reads a pair that does not match. */
async function readIssued(file: string): Promise<Issued | undefined> {
  const content = await readIfThere(file)
  const parts = content?.match(
    /^(-----BEGIN PRIVATE KEY-----.+?-----END PRIVATE KEY-----\n)(-----BEGIN CERTIFICATE-----.+)$/s,
  )
  const [, key, certificate] = parts ?? []
  if (key === undefined || certificate === undefined) return undefined
  await chmod(file, 0o600)
  return { key, certificate }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}
