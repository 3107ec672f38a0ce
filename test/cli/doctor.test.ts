import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import tls from 'node:tls'
import { runCli } from '../support/run-cli.ts'
import { type StratusProcess, startStratus } from '../support/stratus-process.ts'

let folder: string
let env: Record<string, string>
let server: StratusProcess | undefined

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'stratus-cli-doctor-'))
  writeFileSync(path.join(folder, 'dbt_project.yml'), 'name: coffee\nversion: "1"\nprofile: coffee\n')
  const bin = path.join(folder, '.venv', 'bin')
  mkdirSync(bin, { recursive: true })
  writeFileSync(
    path.join(bin, 'dbt'),
    '#!/bin/sh\nprintf "Core:\\n  - installed: 1.10.9\\n\\nPlugins:\\n  - duckdb: 1.10.1\\n"\n',
  )
  chmodSync(path.join(bin, 'dbt'), 0o755)
  env = {
    XDG_DATA_HOME: path.join(folder, 'share'),
    ...{ DATABASE_URL: '', STRATUS_DATA_DIR: '', STRATUS_URL: '', VIRTUAL_ENV: '' },
    ...{ SSL_CERT_FILE: '', REQUESTS_CA_BUNDLE: '' },
  }
})
afterEach(async () => {
  await server?.stop()
  server = undefined
  rmSync(folder, { recursive: true, force: true })
})

const doctor = (args: string[] = [], rest: Record<string, string> = {}) =>
  runCli(['doctor', ...args], { env: { ...env, ...rest }, cwd: folder })

test('with a running server and its CA exported all that Python needs is well', async () => {
  server = await startStratus(['dev', folder], { env })
  const bundle = path.join(path.dirname(server.ready.ca_file), 'ca-bundle.pem')
  const { code, output } = await doctor([], { SSL_CERT_FILE: bundle, REQUESTS_CA_BUNDLE: bundle })
  expect(output).toMatch(/^ok {4}TLS in Python 3\.\d+\.\d+: https:\/\/localhost:\d+ is trusted/m)
  expect(output).toMatch(/^ok {4}dbt \(.*\.venv\/bin\/dbt\): 1\.10\.9, duckdb 1\.10\.1$/m)
  expect(output).toMatch(/^ok {4}port: \d+, in use by the running server$/m)
  expect(output).toMatch(/^ok {4}database: embedded, in use by the running server/m)
  expect(output).not.toMatch(/^fail/m)
  expect(code).toBe(0)
})

test('that this shell lacks Airflow’s variables is told in Python’s own words, and is no failure of a sound server', async () => {
  server = await startStratus(['dev', folder], { env })
  const { code, output } = await doctor()
  expect(output).toMatch(
    /^warn {2}TLS in Python .*: in this shell the certificate is not trusted: .*CERTIFICATE_VERIFY_FAILED.*\n.*eval "\$\(stratus env\)"/m,
  )
  expect(output).not.toMatch(/^fail/m)
  expect(code).toBe(0)
  const wrong = path.join(folder, 'wrong.pem')
  writeFileSync(wrong, tls.rootCertificates[0] ?? '')
  expect((await doctor([], { SSL_CERT_FILE: wrong })).output).toMatch(/^fail {2}TLS in Python/m)
})

test('a taken port, a missing dbt and a database that is not there fail, each with its cure', async () => {
  rmSync(path.join(folder, '.venv'), { recursive: true })
  writeFileSync(
    path.join(folder, 'stratus.yml'),
    'projects:\n  - name: P\n    path: .\n    environments: [{ name: E, dbt: { command: ./no-such-dbt } }]\n',
  )
  const holder = net.createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const address = holder.address()
  const port = typeof address === 'object' ? address?.port : 0
  const { code, output } = await doctor(['--port', String(port)], {
    DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/db',
  })
  holder.close()
  expect(code).toBe(1)
  expect(output).toMatch(/^fail {2}port: \d+ is taken on 127\.0\.0\.1\n {6}→ .*--port/m)
  expect(output).toMatch(/^fail {2}dbt \(.*no-such-dbt\): not found\n {6}→ /m)
  expect(output).toMatch(/^fail {2}database: The database 127\.0\.0\.1:1\/db .*nothing listens there\.\n {6}→ /m)
  expect(output).not.toContain('hunter2')
})

test('the store of artifacts is named, and what it says when it cannot be used, without a secret', async () => {
  expect((await doctor()).output).toMatch(/^ok {4}artifacts: the folder .*artifacts, made at the first start$/m)
  const place = path.join(folder, 'store')
  writeFileSync(place, 'no folder')
  const onDisk = (await doctor([], { STRATUS_ARTIFACTS_URL: `file://${place}` })).output
  expect(onDisk).toMatch(
    /^fail {2}artifacts: the folder .*store cannot be used: EEXIST.*\n {6}→ .*STRATUS_ARTIFACTS_URL/m,
  )
  const { code, output } = await doctor([], {
    ...{
      STRATUS_ARTIFACTS_URL: 's3://files/stratus',
      STRATUS_S3_ENDPOINT: 'http://127.0.0.1:1',
      AWS_REGION: 'eu-central-1',
    },
    ...{ AWS_ACCESS_KEY_ID: 'an-access-key', AWS_SECRET_ACCESS_KEY: 'hunter2', AWS_SESSION_TOKEN: 'hunter3' },
  })
  expect(output).toMatch(
    /^fail {2}artifacts: the bucket files, prefix stratus\/ at http:\/\/127\.0\.0\.1:1 cannot be used: .*\(ECONNREFUSED\)\n {6}→ /m,
  )
  expect(output).not.toMatch(/an-access-key|hunter/)
  expect(code).toBe(1)
})

test('a port that another server of the user has is no failure', async () => {
  const elsewhere = mkdtempSync(path.join(os.tmpdir(), 'stratus-cli-doctor-elsewhere-'))
  server = await startStratus(['serve', '--embedded', '--no-worker'], { env: { ...env, STRATUS_DATA_DIR: elsewhere } })
  const { output } = await doctor(['--port', new URL(server.ready.url).port])
  expect(output).toMatch(/^warn {2}port: \d+ is that of your server for .*elsewhere.*\n {6}→ .*--port/m)
  await server.stop()
  rmSync(elsewhere, { recursive: true })
})

test('a profile that dbt does not find is told in dbt’s own words', async () => {
  const dbt = path.join(folder, '.venv', 'bin', 'dbt')
  const said = '1 check failed:\\nCould not find profile named coffee\\n  in profiles.yml\\n'
  writeFileSync(
    dbt,
    `#!/bin/sh\n[ "$1" = debug ] && { printf "${said}"; exit 1; }\nprintf "Core:\\n  - installed: 1.10.9\\n\\nPlugins:\\n  - duckdb: 1.10.1\\n"\n`,
  )
  const { code, output } = await doctor()
  expect(output).toMatch(
    /^fail {2}profile of coffee › Production: Could not find profile named coffee\n {8}in profiles\.yml\n {6}→ Mend profiles\.yml; .*dbt debug$/m,
  )
  expect(code).toBe(1)
})

test('mistakes of stratus.yml fail, one below the other', async () => {
  writeFileSync(
    path.join(folder, 'stratus.yml'),
    'projects:\n  - name: P\n    path: .\n    environmets: []\n  - path: .\n',
  )
  const { code, output } = await doctor()
  expect(output).toMatch(/^fail {2}project: .*stratus\.yml:4:.*\n {6}.*stratus\.yml:5:.*\n {6}→ Correct the file\.$/m)
  expect(code).toBe(1)
})

test('how well runs are kept apart, and what of the server they could read', async () => {
  const secret = 'a-token-of-the-administrator'
  const { code, output } = await doctor([], { STRATUS_DBT_USER: 'no-such-user', STRATUS_ADMIN_TOKEN: secret })
  expect(output).toMatch(/^fail {2}runs: STRATUS_DBT_USER: got "no-such-user", but /m)
  expect(output).toMatch(/^warn {2}secrets: STRATUS_ADMIN_TOKEN in the environment.*\n.* STRATUS_ADMIN_TOKEN_FILE\.$/m)
  expect(output).not.toContain(secret)
  expect(code).toBe(1)
  const without = (await doctor([])).output
  expect(without).toMatch(/^warn {2}runs: dbt runs as the server's own user.*\n.*Set STRATUS_DBT_USER/m)
  expect(without).not.toContain('secrets:')
})

test('a server does not start with a user for dbt that it cannot have', async () => {
  const dataDir = path.join(folder, 'data')
  const { code, output } = await runCli(['serve', '--embedded', '--data-dir', dataDir], {
    env: { ...env, STRATUS_DBT_USER: 'no-such-user' },
  })
  expect(output).toContain('stratus: STRATUS_DBT_USER: got "no-such-user", but ')
  expect([code, existsSync(dataDir)]).toEqual([1, false])
})

const testAsRoot = process.getuid?.() === 0 ? test : test.skip

testAsRoot('what the user of runs cannot execute or enter fails, and is in the log of a server, too', async () => {
  const asUser = { STRATUS_DBT_USER: '45001' }
  const program = path.join(folder, '.venv/bin/dbt')
  const shut = (what: string) => `The user 45001 that dbt runs as cannot ${what}: ${folder} is shut to it. Let it pass`
  const { code, output } = await doctor([], asUser)
  expect(output).toMatch(/^ok {4}runs: dbt runs as the user with uid 45001/m)
  expect(output).toContain(`fail  runs: ${shut(`execute ${program}`)}`)
  expect(output).toContain(`fail  runs: ${shut(`enter ${folder}`)}`)
  expect(code).toBe(1)
  const data = mkdtempSync(path.join(os.tmpdir(), 'stratus-cli-data-'))
  chmodSync(data, 0o711)
  try {
    server = await startStratus(['dev', folder, '--data-dir', data], { env: { ...env, ...asUser } })
    await server.stop()
    expect(server.output()).toContain(shut(`execute ${program}`))
    chmodSync(folder, 0o755)
    chmodSync(program, 0o700)
    expect((await doctor([], asUser)).output).toContain(`cannot execute ${program}: ${program} is shut to it.`)
    chmodSync(program, 0o755)
    expect((await doctor([], asUser)).output).not.toContain('is shut to it')
  } finally {
    rmSync(data, { recursive: true })
  }
})
