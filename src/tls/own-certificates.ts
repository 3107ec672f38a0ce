import { X509Certificate } from 'node:crypto'
import { chmod, mkdir, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { serverLogger } from '../logger.ts'
import { errorCode } from '../util/error-code.ts'
import { createFileAtomically, writeFileAtomically } from '../util/files/write-file-atomically.ts'
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

/** The authority of `dir`, which may sign for `names`; another that may is made where there is none. */
async function ensureAuthority(options: OwnCertificatesOptions, now: Date): Promise<Issued> {
  const { dir, names, renew } = options
  const file = path.join(dir, 'authority.pem')
  if (renew === 'authority') await rm(file, { force: true })
  for (;;) {
    const kept = await readIssued(file)
    if (kept === undefined || daysLeft(kept, now) <= authorityMarginDays) {
      await rm(file, { force: true })
      const { makeAuthority } = await import('./make-certificates.ts')
      const made = await makeAuthority(os.hostname(), names, now)
      // Two servers that start at once on one folder must both use the same authority.
      await createFileAtomically(file, made.key + made.certificate, 0o600)
    } else if (await mayHaveSignedFor(kept, options, now)) {
      return kept
    } else {
      const wider = await widen(kept, names, now)
      if (wider === undefined) return kept
      await writeFileAtomically(file, wider.key + wider.certificate, 0o600)
    }
  }
}

/** A good server certificate for these names says what the constraints of its authority allow, without reading those. */
async function mayHaveSignedFor(
  authority: Issued,
  { dir, names }: OwnCertificatesOptions,
  now: Date,
): Promise<boolean> {
  const server = await readIssued(path.join(dir, 'server.pem'))
  return isConstrained(authority) && server !== undefined && isGood(server, authority, names, now)
}

/** It is undefined when the authority may sign for all `names` already. */
async function widen(authority: Issued, names: readonly string[], now: Date): Promise<Issued | undefined> {
  const { isPermitted, permittedNames } = await import('./name-constraints.ts')
  const permitted = permittedNames(authority.certificate)
  const added = names.filter((name) => !isPermitted(name, permitted))
  if (added.length === 0) return undefined
  serverLogger.warn({ names: added }, 'the own CA may sign for more names now: clients must read its certificate again')
  const { reissueAuthority } = await import('./make-certificates.ts')
  return reissueAuthority(authority, [...permitted, ...added], now)
}

/** The object identifier of name constraints, as it stands in a certificate. */
const nameConstraintsId = Buffer.from('0603551d1e', 'hex')

function isConstrained({ certificate }: Issued): boolean {
  return new X509Certificate(certificate).raw.includes(nameConstraintsId)
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
