import { execFile, execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { connect as connectTls } from 'node:tls'
import { promisify } from 'node:util'
import type { Config } from '../../src/config/config.ts'
import { createServer, type Server } from '../../src/tls/create-server.ts'
import { makeServerCertificate } from '../../src/tls/make-certificates.ts'
import { ensureOwnCertificates } from '../../src/tls/own-certificates.ts'
import { loadServerCredentials } from '../../src/tls/server-credentials.ts'

const run = promisify(execFile)
let dir: string
let servers: Server[]

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'stratus-tls-'))
  servers = []
})
afterEach(async () => {
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  rmSync(dir, { recursive: true, force: true })
})

const names = ['localhost', '127.0.0.1', '::1', 'box.example.com']
const ownCa = (rest: Partial<Pick<Config, 'host' | 'publicUrl'>> = {}) => ({
  tls: { kind: 'own-ca' as const, extraNames: [] },
  dataDir: dir,
  host: '127.0.0.1',
  ...rest,
})

async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening')
  return address.port
}

async function startTlsServer(host?: string): Promise<{ port: number; caFile: string; caBundleFile: string }> {
  const credentials = await loadServerCredentials(ownCa())
  const { caFile = '', caBundleFile = '' } = credentials ?? {}
  const server = createServer(ownCa(), credentials, (_request, response) => response.end('hello'))
  return { port: await listen(server, host), caFile, caBundleFile }
}

function get(url: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request(url, { ca: readFileSync(ca), agent: false }, (response) => {
      response.setEncoding('utf8').on('data', resolve)
    })
      .on('error', reject)
      .end()
  })
}

/** Interpreters of this machine whose ssl module verifies strictly by default (3.13 on). */
function strictPythons(): string[] {
  const pyenv = path.join(os.homedir(), '.pyenv/versions')
  const installed = existsSync(pyenv)
    ? readdirSync(pyenv).map((version) => path.join(pyenv, version, 'bin/python3'))
    : []
  return ['python3', 'python3.13', 'python3.14', ...installed].filter((python) => {
    try {
      execFileSync(python, ['-c', 'import ssl, sys; sys.exit(sys.version_info < (3, 13))'], { stdio: 'ignore' })
      return true
    } catch {
      return false // not there, or older
    }
  })
}

describe('the certificates of the own CA', () => {
  test.each(['localhost', '127.0.0.1'])('are accepted by a Node client for %s', async (host) => {
    const { port, caFile, caBundleFile } = await startTlsServer()
    expect(await get(`https://${host}:${port}/`, caFile)).toBe('hello')
    expect(await get(`https://${host}:${port}/`, caBundleFile)).toBe('hello')
  })

  for (const python of strictPythons()) {
    test(`pass the strict verification of ${path.basename(path.resolve(python, '../..'))} ${path.basename(python)}`, async () => {
      const { port, caBundleFile } = await startTlsServer()
      const script = `import ssl, sys, urllib.request
context = ssl.create_default_context()
assert context.verify_flags & ssl.VERIFY_X509_STRICT
for host in ("localhost", "127.0.0.1"):
    print(urllib.request.urlopen(f"https://{host}:${port}/", context=context, timeout=20).read().decode())
`
      const { stdout } = await run(python, ['-c', script], {
        env: { PATH: process.env.PATH, SSL_CERT_FILE: caBundleFile, no_proxy: '*' },
      })
      expect(stdout).toBe('hello\nhello\n')
    })
  }
})

describe('the own CA signs for its own names alone', () => {
  /** A server with a certificate of our CA for names that it was not told, as a thief of its key would make one. */
  async function startForged(forgedNames: readonly string[]): Promise<{ port: number; caFile: string }> {
    const { caFile } = await ensureOwnCertificates({ dir, names })
    const [key = '', certificate = ''] = readFileSync(path.join(dir, 'authority.pem'), 'utf8').split(/(?=-----BEGIN C)/)
    const forged = await makeServerCertificate({ key, certificate }, forgedNames, new Date())
    const server = createServer(ownCa(), forged, (_request, response) => response.end('forged'))
    return { port: await listen(server), caFile }
  }

  function verify(port: number, caFile: string, name: string): Promise<string> {
    return new Promise((resolve) => {
      const socket = connectTls({ host: '127.0.0.1', port, ca: readFileSync(caFile), servername: name })
      const end = (verdict: string) => {
        socket.destroy()
        resolve(verdict)
      }
      socket.once('secureConnect', () => end('accepted')).once('error', (error) => end(error.message))
    })
  }

  test('a certificate for another name is refused by Node', async () => {
    const { port, caFile } = await startForged(['evil.example', 'box.example.com'])
    expect(await verify(port, caFile, 'evil.example')).toMatch(/permitted subtree violation/)
    expect(await verify(port, caFile, 'box.example.com')).toMatch(/permitted subtree violation/)
  })

  test('a certificate for another address is refused by Python', async () => {
    const { port, caFile } = await startForged(['127.0.0.2', '127.0.0.1'])
    const script = `import ssl, urllib.request
urllib.request.urlopen("https://127.0.0.1:${port}/", context=ssl.create_default_context(cafile=${JSON.stringify(caFile)}), timeout=20)`
    await expect(run('python3', ['-c', script], { env: { PATH: process.env.PATH, no_proxy: '*' } })).rejects.toThrow(
      /permitted subtree violation/,
    )
  })

  test('a server that is told one name more has its CA widened: what was signed before stays good', async () => {
    const first = await ensureOwnCertificates({ dir, names })
    await ensureOwnCertificates({ dir, names: [...names, 'sub.box.example.com'] })
    const before = readFileSync(first.caFile, 'utf8')
    const renamed = await ensureOwnCertificates({ dir, names: [...names, 'new.example.com'] })
    const after = readFileSync(first.caFile, 'utf8')
    expect(after).not.toBe(before)
    const authority = new X509Certificate(after)
    for (const { certificate } of [first, renamed])
      expect(new X509Certificate(certificate).verify(authority.publicKey)).toBe(true)
    const server = createServer(ownCa(), renamed, (_request, response) => response.end('hello'))
    const port = await listen(server)
    expect(await verify(port, first.caFile, 'new.example.com')).toBe('accepted')
    expect(await verify(port, first.caFile, 'box.example.com')).toBe('accepted')
  })
})

describe('a certificate of the user’s own', () => {
  const files = (certFile: string, keyFile: string) => ({
    ...ownCa(),
    tls: { kind: 'files' as const, certFile, keyFile },
  })

  test('is served', async () => {
    await ensureOwnCertificates({ dir, names })
    const pem = path.join(dir, 'server.pem')
    const config = files(pem, pem)
    const server = createServer(config, await loadServerCredentials(config), (_request, response) =>
      response.end('own'),
    )
    expect(await get(`https://localhost:${await listen(server)}/`, path.join(dir, 'ca.pem'))).toBe('own')
  })

  test('errors name the variable and the file', async () => {
    await ensureOwnCertificates({ dir, names })
    const pem = path.join(dir, 'server.pem')
    const garbage = path.join(dir, 'garbage.pem')
    writeFileSync(garbage, 'garbage')
    const attempt = (certFile: string, keyFile: string) => loadServerCredentials(files(certFile, keyFile))
    await expect(attempt('/nowhere.pem', pem)).rejects.toThrow(
      'STRATUS_TLS_CERT: /nowhere.pem cannot be read (ENOENT).',
    )
    await expect(attempt(garbage, pem)).rejects.toThrow(`STRATUS_TLS_CERT: ${garbage} does not hold a certificate`)
    await expect(attempt(pem, garbage)).rejects.toThrow(`STRATUS_TLS_KEY: ${garbage} does not hold a private key`)
    await expect(attempt(pem, path.join(dir, 'authority.pem'))).rejects.toThrow('does not belong to the certificate')
  })
})

describe('plain HTTP', () => {
  async function answerTo(trustProxy: string[]): Promise<string> {
    const config = { ...ownCa(), tls: { kind: 'none' as const, trustProxy } }
    const server = createServer(config, await loadServerCredentials(config), (_request, response) =>
      response.end('hello'),
    )
    const port = await listen(server)
    return new Promise((resolve, reject) => {
      let answer = ''
      connect(port, '127.0.0.1', function (this: import('node:net').Socket) {
        this.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
      })
        .on('data', (chunk) => {
          answer += chunk
        })
        .on('close', () => resolve(answer))
        .on('error', reject)
    })
  }

  test('is spoken with the trusted proxies', async () => {
    expect(await answerTo(['127.0.0.0/8'])).toMatch(/^HTTP\/1\.1 200 .*hello/s)
  })

  test('is refused to every other peer', async () => {
    const answer = await answerTo(['10.0.0.0/8'])
    expect(answer).toMatch(/^HTTP\/1\.1 403 .*STRATUS_TRUST_PROXY/s)
    expect(answer).not.toContain('hello')
  })
})
