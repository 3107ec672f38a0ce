// @peculiar/x509 needs this first; both are loaded only when a certificate must be made.
import 'reflect-metadata'
import { createPrivateKey, createPublicKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto'
import net from 'node:net'
import * as x509 from '@peculiar/x509'
import { nameConstraints } from './name-constraints.ts'

const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' }
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' }
const dayMs = 24 * 60 * 60 * 1000
const authorityDays = 3650
/** Browsers accept no server certificate that is valid for longer. */
const serverDays = 397

export interface Issued {
  readonly key: string
  readonly certificate: string
}

/** A certificate authority for this installation only, which can sign for `names` and nothing else. */
export async function makeAuthority(machine: string, names: readonly string[], now: Date): Promise<Issued> {
  const { privateKey } = await makeKeys()
  return issueAuthority(
    await exportKey(privateKey),
    [{ O: ['Stratus'] }, { CN: [`Stratus CA on ${machine}`.slice(0, 64)] }],
    names,
    now,
  )
}

/** The same authority for other names: what it signed before stays good, since its key and its own name are the same. */
export async function reissueAuthority(authority: Issued, names: readonly string[], now: Date): Promise<Issued> {
  return issueAuthority(authority.key, new x509.X509Certificate(authority.certificate).subject, names, now)
}

async function issueAuthority(
  key: string,
  name: x509.X509CertificateCreateSelfSignedParams['name'],
  names: readonly string[],
  now: Date,
): Promise<Issued> {
  const keys = await importKeys(key)
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    ...(name !== undefined && { name }),
    ...validity(now, new Date(now.getTime() + authorityDays * dayMs)),
    keys,
    signingAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      nameConstraints(names),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { key, certificate: pem(certificate) }
}

/**
 * A server certificate for `names`, as strict verifiers want it (Python 3.13's VERIFY_X509_STRICT): both key
 * identifiers, critical basic constraints and key usage, and the purpose.
 */
export async function makeServerCertificate(authority: Issued, names: readonly string[], now: Date): Promise<Issued> {
  const keys = await makeKeys()
  const issuer = new x509.X509Certificate(authority.certificate)
  const end = Math.min(now.getTime() + serverDays * dayMs, issuer.notAfter.getTime())
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [{ O: ['Stratus'] }, { CN: ['localhost'] }],
    issuer: issuer.subjectName,
    ...validity(now, new Date(end)),
    publicKey: keys.publicKey,
    signingKey: (await importKeys(authority.key)).privateKey,
    signingAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: net.isIP(value) === 0 ? 'dns' : 'ip', value })),
      ),
    ],
  })
  return { key: await exportKey(keys.privateKey), certificate: pem(certificate) }
}

function makeKeys() {
  return webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify'])
}

/** A day back, for clients whose clock is behind. */
function validity(now: Date, notAfter: Date) {
  return { notBefore: new Date(now.getTime() - dayMs), notAfter }
}

/** It is positive, and never comes twice from one authority. */
function serialNumber(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes.toString('hex')
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', key)
  return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })
    .export({ format: 'pem', type: 'pkcs8' })
    .toString()
}

async function importKeys(key: string): Promise<webcrypto.CryptoKeyPair> {
  const der = createPrivateKey(key).export({ format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  const [privateKey, publicKey] = await Promise.all([
    webcrypto.subtle.importKey('pkcs8', new Uint8Array(der), keyAlgorithm, false, ['sign']),
    webcrypto.subtle.importKey('spki', new Uint8Array(spki), keyAlgorithm, true, ['verify']),
  ])
  return { privateKey, publicKey }
}

function pem(certificate: x509.X509Certificate): string {
  return new X509Certificate(Buffer.from(certificate.rawData)).toString()
}
