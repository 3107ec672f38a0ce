import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { systemRoots } from '../../src/tls/ca-bundle.ts'
import { ensureOwnCertificates } from '../../src/tls/own-certificates.ts'

const run = promisify(execFile)
const dayMs = 24 * 60 * 60 * 1000
const names = ['localhost', '127.0.0.1', '::1', 'box.example.com']
let dir: string

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'stratus-tls-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

describe('the certificates of the own CA', () => {
  test('pass openssl’s strict verification', async () => {
    const { caFile } = await ensureOwnCertificates({ dir, names })
    const { stdout } = await run('openssl', [
      ...['verify', '-x509_strict', '-purpose', 'sslserver', '-verify_hostname', 'box.example.com'],
      ...['-CAfile', caFile, path.join(dir, 'server.pem')],
    ])
    expect(stdout).toContain('OK')
  })

  test('keep their keys from other users, whatever the umask', async () => {
    const before = process.umask(0)
    try {
      await ensureOwnCertificates({ dir: path.join(dir, 'new'), names })
    } finally {
      process.umask(before)
    }
    const mode = (name: string) => statSync(path.join(dir, 'new', name)).mode & 0o777
    expect([mode('authority.pem'), mode('server.pem'), mode('.')]).toEqual([0o600, 0o600, 0o700])
    expect(readFileSync(path.join(dir, 'new/ca.pem'), 'utf8')).not.toContain('PRIVATE')
    expect(readdirSync(path.join(dir, 'new')).sort()).toEqual([
      'authority.pem',
      'ca-bundle.pem',
      'ca.pem',
      'server.pem',
    ])
  })

  test('stay as they are until the end is near or the names change', async () => {
    const first = await ensureOwnCertificates({ dir, names })
    const ca = readFileSync(first.caFile, 'utf8')
    expect((await ensureOwnCertificates({ dir, names: [...names].reverse() })).certificate).toBe(first.certificate)

    const renamed = await ensureOwnCertificates({ dir, names: [...names, 'new.box.example.com'] })
    expect(new X509Certificate(renamed.certificate).checkHost('new.box.example.com')).toBe('new.box.example.com')
    const fewer = await ensureOwnCertificates({ dir, names: ['localhost'] })
    expect(new X509Certificate(fewer.certificate).checkHost('box.example.com')).toBeUndefined()

    const soonEnding = new Date(Date.parse(new X509Certificate(fewer.certificate).validTo) - 29 * dayMs)
    const renewed = await ensureOwnCertificates({ dir, names: ['localhost'], now: soonEnding })
    expect(Date.parse(new X509Certificate(renewed.certificate).validTo)).toBeGreaterThan(
      soonEnding.getTime() + 300 * dayMs,
    )
    expect(readFileSync(first.caFile, 'utf8')).toBe(ca)
  })

  test('a CA near its end is replaced, with what it signed', async () => {
    const first = await ensureOwnCertificates({ dir, names })
    const later = new Date(Date.now() + 3300 * dayMs)
    const second = await ensureOwnCertificates({ dir, names, now: later })
    const authority = new X509Certificate(readFileSync(second.caFile))
    expect(authority.serialNumber).not.toBe(new X509Certificate(first.certificate).serialNumber)
    expect(new X509Certificate(second.certificate).verify(authority.publicKey)).toBe(true)
    expect(readFileSync(second.caBundleFile, 'utf8')).toContain(readFileSync(second.caFile, 'utf8'))
  })

  test('two servers that start at once on one folder use one CA', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => ensureOwnCertificates({ dir, names })))
    const authority = new X509Certificate(readFileSync(path.join(dir, 'ca.pem')))
    for (const { certificate } of all) expect(new X509Certificate(certificate).verify(authority.publicKey)).toBe(true)
  })

  test('a damaged file is replaced', async () => {
    await ensureOwnCertificates({ dir, names })
    writeFileSync(path.join(dir, 'server.pem'), 'damaged')
    const { certificate } = await ensureOwnCertificates({ dir, names })
    expect(new X509Certificate(certificate).checkHost('localhost')).toBe('localhost')
  })
})

describe('ca-bundle.pem', () => {
  const roots = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'

  test('holds SSL_CERT_FILE’s roots and our CA, once, however often it is made', async () => {
    const systemCaFile = path.join(dir, 'company.pem')
    writeFileSync(systemCaFile, roots)
    const tlsDir = path.join(dir, 'tls')
    const { caFile, caBundleFile } = await ensureOwnCertificates({ dir: tlsDir, names, systemCaFile })
    await ensureOwnCertificates({ dir: tlsDir, names, systemCaFile })
    expect(readFileSync(caBundleFile, 'utf8')).toBe(roots + readFileSync(caFile, 'utf8'))
  })

  test('does not take itself for the system’s roots', async () => {
    const { caFile, caBundleFile } = await ensureOwnCertificates({ dir, names })
    const before = readFileSync(caBundleFile, 'utf8')
    await ensureOwnCertificates({ dir, names, systemCaFile: caBundleFile })
    await ensureOwnCertificates({ dir, names, systemCaFile: caFile })
    expect(readFileSync(caBundleFile, 'utf8')).toBe(before)
    expect(before.length).toBeGreaterThan(20_000)
  })

  test('falls back from file to file, at last to Node’s roots', async () => {
    const bundle = path.join(dir, 'distribution.crt')
    writeFileSync(bundle, roots)
    expect(await systemRoots(dir, '/missing.pem', ['/missing.crt', bundle])).toBe(roots)
    expect((await systemRoots(dir, undefined, [])).match(/BEGIN CERTIFICATE/g)?.length).toBeGreaterThan(50)
  })
})

test('a key file that others may read is closed again', async () => {
  await ensureOwnCertificates({ dir, names })
  chmodSync(path.join(dir, 'server.pem'), 0o644)
  await ensureOwnCertificates({ dir, names })
  expect(statSync(path.join(dir, 'server.pem')).mode & 0o777).toBe(0o600)
})
