import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { inspect } from 'node:util'
import { SetupError } from '../domain/errors.ts'
import { type ConfigRequest, devDataDir, loadConfig } from './config.ts'

const placeholder = 'change-me-stratus-admin-token'
const postgres = 'postgres://me:pw@db.example.com/stratus'

function load(mode: ConfigRequest['mode'], raw: Record<string, string>, rest: Partial<ConfigRequest> = {}) {
  return loadConfig({ mode, raw, ...rest })
}

describe('loadConfig', () => {
  test('dev listens on loopback, embeds its database in a data folder of its own and stops at once', () => {
    const config = load('dev', { HOME: '/home/ana' }, { projectDir: '/srv/Jaffle Shop' })
    expect(config.host).toBe('127.0.0.1')
    expect(config.port).toBe(8443)
    expect(config.dataDir).toMatch(/^\/home\/ana\/\.local\/share\/stratus\/jaffle-shop-[0-9a-f]{8}$/)
    expect(config.database).toEqual({ kind: 'embedded', dir: path.join(config.dataDir, 'database') })
    expect(config.worker.drainTimeoutMs).toBe(0)
    expect(config.tls).toEqual({ kind: 'own-ca', extraNames: [] })
  })

  test('serve listens everywhere, on PostgreSQL, and drains for as long as runs need', () => {
    const config = load('serve', { DATABASE_URL: postgres })
    expect(config.host).toBe('0.0.0.0')
    expect(config.dataDir).toBe('/var/lib/stratus')
    expect(config.database).toEqual({ kind: 'postgres', url: postgres, poolSize: 10 })
    expect(config.worker.drainTimeoutMs).toBe(Number.POSITIVE_INFINITY)
  })

  test('flags beat the environment, which beats defaults', () => {
    const raw = { DATABASE_URL: postgres, STRATUS_PORT: '1000', STRATUS_HOST: '10.0.0.1' }
    const config = load('serve', raw, { flags: { STRATUS_PORT: '2000' } })
    expect([config.port, config.host, config.logLevel]).toEqual([2000, '10.0.0.1', 'info'])
  })

  test.each<[ConfigRequest['mode'], Record<string, string>, string]>([
    ['serve', {}, 'DATABASE_URL is not set'],
    ['work', {}, 'DATABASE_URL is not set'],
    ['dev', { STRATUS_TLS_CERT: '/c.pem' }, 'STRATUS_TLS_CERT is set but STRATUS_TLS_KEY is not'],
    ['dev', { STRATUS_TLS_KEY: '/k.pem' }, 'STRATUS_TLS_KEY is set but STRATUS_TLS_CERT is not'],
    ['dev', { STRATUS_TLS_CERT: '/c', STRATUS_TLS_KEY: '/k', STRATUS_TRUST_PROXY: '10.0.0.1' }, 'Leave out one'],
  ])('%s with %o is refused', (mode, raw, message) => {
    expect(() => load(mode, raw)).toThrow(SetupError)
    expect(() => load(mode, raw)).toThrow(message)
  })

  test.each([
    [{ STRATUS_ADMIN_TOKEN: placeholder }, 'Change STRATUS_ADMIN_TOKEN: what .env.example says is known to everybody'],
    [
      { STRATUS_PUBLISHED_HOST: '0.0.0.0', STRATUS_ADMIN_TOKEN: placeholder, STRATUS_HOST: '127.0.0.1' },
      'Change STRATUS_',
    ],
    [{ DATABASE_URL: 'postgres://stratus:change-me-x@db/stratus' }, 'Change the password in DATABASE_URL'],
  ])('secrets that everybody knows are refused where others can reach the server: %o', (raw, message) => {
    expect(() => load('serve', { DATABASE_URL: postgres, ...raw })).toThrow(SetupError)
    expect(() => load('serve', { DATABASE_URL: postgres, ...raw })).toThrow(message)
    for (const here of ['127.0.0.1', 'localhost', '::1'])
      load('serve', { DATABASE_URL: postgres, ...raw, STRATUS_PUBLISHED_HOST: here })
  })

  test('secrets are readable but in no log, JSON or inspection', () => {
    const config = load('serve', { DATABASE_URL: postgres, STRATUS_ADMIN_TOKEN: 'an-administrator-token' })
    expect(config.secrets.adminToken).toBe('an-administrator-token')
    expect(JSON.stringify(config) + inspect(config, { depth: 9 })).not.toContain('an-administrator-token')
  })

  test('is frozen to the bottom', () => {
    const config = load('dev', {})
    expect(Object.isFrozen(config.worker) && Object.isFrozen(config.engine.baseEnvironment)).toBe(true)
  })
})

describe('what dbt inherits', () => {
  const raw = {
    PATH: '/bin',
    LC_ALL: 'C',
    https_proxy: 'http://p',
    WAREHOUSE: 'w',
    AWS_REGION: 'eu',
    PGPASSWORD: 'x',
    STRATUS_TOKEN: 'x',
    DATABASE_URL: postgres,
  }

  test('dev: all of the user’s environment but the server’s own variables', () => {
    const { DATABASE_URL, PGPASSWORD, STRATUS_TOKEN, ...expected } = raw
    expect(load('dev', raw).engine.baseEnvironment).toEqual(expected)
  })

  test('serve: PATH, locale, proxies and the names in STRATUS_PASS_ENV', () => {
    const config = load('serve', { ...raw, STRATUS_PASS_ENV: 'WAREHOUSE' })
    expect(config.engine.baseEnvironment).toEqual({
      PATH: '/bin',
      LC_ALL: 'C',
      https_proxy: 'http://p',
      WAREHOUSE: 'w',
    })
  })
})

test('a project folder has the same data folder by whatever name it is reached', () => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'stratus-config-'))
  symlinkSync(dir, `${dir}-link`)
  try {
    expect(devDataDir(`${dir}-link`, { HOME: '/h' })).toBe(devDataDir(`${dir}/`, { HOME: '/h' }))
    expect(devDataDir(dir, { HOME: '/h', XDG_DATA_HOME: '/x' })).toMatch(/^\/x\/stratus\/stratus-config-/)
  } finally {
    rmSync(dir, { recursive: true })
    rmSync(`${dir}-link`)
  }
})

describe('the store of artifacts', () => {
  test('is a folder of the data folder, another folder, or a bucket', () => {
    const config = (raw: Record<string, string>) =>
      load('serve', { DATABASE_URL: postgres, STRATUS_DATA_DIR: '/data', ...raw }).artifacts
    expect(config({})).toEqual({ kind: 'disk', folder: '/data/artifacts' })
    expect(config({ STRATUS_ARTIFACTS_URL: 'file:///mnt/a%20b' })).toEqual({ kind: 'disk', folder: '/mnt/a b' })
    const spoolFolder = '/data/upload-spool'
    expect(config({ STRATUS_ARTIFACTS_URL: 's3://bucket' })).toEqual({
      ...{ kind: 's3', bucket: 'bucket', prefix: '', pathStyle: false, spoolFolder },
    })
    expect(
      config({
        STRATUS_ARTIFACTS_URL: 's3://my.bucket/a/b/',
        STRATUS_S3_ENDPOINT: 'http://minio:9000',
        STRATUS_S3_ENCRYPTION: 'aws:kms',
        STRATUS_S3_KMS_KEY_ID: 'alias/stratus',
      }),
    ).toEqual({
      ...{
        kind: 's3',
        bucket: 'my.bucket',
        prefix: 'a/b/',
        endpoint: 'http://minio:9000',
        pathStyle: true,
        spoolFolder,
      },
      encryption: { method: 'aws:kms', kmsKeyId: 'alias/stratus' },
    })
  })

  test.each<[Record<string, string>, string]>([
    [
      { STRATUS_ARTIFACTS_URL: 's3://' },
      'STRATUS_ARTIFACTS_URL: got "s3://", expected an address like s3://bucket/prefix',
    ],
    [{ STRATUS_ARTIFACTS_URL: 's3://Bucket_1' }, 'STRATUS_ARTIFACTS_URL'],
    [{ STRATUS_ARTIFACTS_URL: 's3://bucket/a/../b' }, 'STRATUS_ARTIFACTS_URL'],
    [{ STRATUS_ARTIFACTS_URL: 's3://bucket//a' }, 'STRATUS_ARTIFACTS_URL'],
    [{ STRATUS_ARTIFACTS_URL: 'gs://bucket' }, 'STRATUS_ARTIFACTS_URL'],
    [{ STRATUS_ARTIFACTS_URL: 'file://host/folder' }, 'STRATUS_ARTIFACTS_URL'],
    [{ STRATUS_ARTIFACTS_URL: 'file:///a%2Fb' }, 'STRATUS_ARTIFACTS_URL'],
    [{ STRATUS_S3_ENDPOINT: 'minio:9000' }, 'STRATUS_S3_ENDPOINT'],
    [{ STRATUS_S3_ENDPOINT: 'http://key:secret@minio:9000' }, 'STRATUS_S3_ENDPOINT'],
    [{ STRATUS_S3_PATH_STYLE: 'yes' }, 'STRATUS_S3_PATH_STYLE: got "yes", expected one of true, false'],
    [{ STRATUS_S3_ENCRYPTION: 'aes' }, 'STRATUS_S3_ENCRYPTION'],
    [
      { STRATUS_S3_ENDPOINT: 'http://minio:9000' },
      'STRATUS_S3_ENDPOINT is set, but STRATUS_ARTIFACTS_URL names no bucket',
    ],
    [{ STRATUS_ARTIFACTS_URL: 's3://bucket', STRATUS_S3_KMS_KEY_ID: 'k' }, 'STRATUS_S3_KMS_KEY_ID is set, but'],
    [{ STRATUS_ARTIFACTS_WAIT_SECONDS: '-1' }, 'STRATUS_ARTIFACTS_WAIT_SECONDS'],
  ])('%o is refused by name', (raw, message) => {
    expect(() => load('serve', { DATABASE_URL: postgres, ...raw })).toThrow(message)
  })
})
