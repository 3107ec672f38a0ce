import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseMount, readCompose, readEnvFile, startOrder, variablesIn } from '../../scripts/stack/compose-file.mjs'
import { createProgram } from '../../src/cli/program.ts'
import { loadConfig } from '../../src/config/config.ts'
import { variableNames } from '../../src/config/env-variables.ts'
import { exampleCompose, inProject, readText } from './project-files.ts'

const { services, volumes } = exampleCompose()
const named = Object.entries(services)
const ours = named.filter(([, { image }]) => image.startsWith('stratus:'))
const mountsOf = (name: string) => (services[name]?.volumes ?? []).map(parseMount)

test('it is complete: the stack, two optional profiles, and nothing waits for something that is not started', () => {
  const order = startOrder(services)
  expect(order).toEqual([
    'postgres',
    'warehouse',
    'stratus',
    'stratus-setup',
    'airflow-postgres',
    'airflow-init',
    'airflow-apiserver',
    'airflow-scheduler',
    'airflow-dag-processor',
    'airflow-triggerer',
  ])
  expect(startOrder(services, ['workers', 'dev']).filter((name) => !order.includes(name))).toEqual([
    'stratus-worker',
    'stratus-dev',
  ])
})

test('every variable is in .env.example, with the same value as its default, and nothing else is', () => {
  const text = readText('docker-compose.yml')
  const example = readEnvFile(inProject('.env.example'))
  expect(new Set(variablesIn(text))).toEqual(new Set(Object.keys(example)))
  for (const [, name, value] of text.matchAll(/\$\{(\w+):-([^}]*)\}/g))
    expect([name, value]).toEqual([name, example[name ?? '']])
})

test('the .env that is made has secrets of its own, which a server takes wherever it listens', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'stratus-env-'))
  try {
    const [file, other] = ['one', 'two'].map((name) => path.join(folder, name))
    for (const each of [file, other]) execFileSync('sh', [inProject('docker/make-env.sh'), each ?? ''])
    expect(statSync(file ?? '').mode & 0o777).toBe(0o600)
    const example = readEnvFile(inProject('.env.example'))
    const made = readEnvFile(file ?? '')
    const again = readEnvFile(other ?? '')
    expect(Object.keys(made)).toEqual(Object.keys(example))
    for (const [name, value] of Object.entries(example)) {
      const isSecret = /PASSWORD|TOKEN|KEY$/.test(name)
      expect([name, made[name] === value, made[name] === again[name]]).toEqual([name, !isSecret, !isSecret])
    }
    const environmentOf = (variables: Record<string, string>) =>
      readCompose(inProject('docker-compose.yml'), { ...variables, BIND_ADDRESS: '0.0.0.0' }).services.stratus
        ?.environment
    loadConfig({ mode: 'serve', raw: environmentOf(made) ?? {} })
    const { STRATUS_SECRET_KEY: _weak, ...known } = environmentOf(example) ?? {}
    expect(() => loadConfig({ mode: 'serve', raw: known })).toThrow(
      /STRATUS_ADMIN_TOKEN and the password in DATABASE_URL/,
    )
    expect(() => execFileSync('sh', [inProject('docker/make-env.sh'), file ?? ''], { stdio: 'pipe' })).toThrow(
      /is there already/,
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('the compose file holds no secret, and none has a default', () => {
  const secrets = Object.keys(readEnvFile(inProject('.env.example'))).filter((name) => /PASSWORD|TOKEN|KEY$/.test(name))
  expect(secrets.length).toBeGreaterThan(5)
  const text = readText('docker-compose.yml')
  for (const secret of secrets) expect(text).not.toContain(`\${${secret}:-`)
  for (const [, name, value] of text.matchAll(/^ +(\w*(?:PASSWORD|TOKEN|SECRET|KEY)\w*): (.*)$/gm)) {
    if (!/_PASSWORDS_FILE$/.test(name ?? ''))
      expect([name, value]).toEqual([name, expect.stringMatching(/^\$\{\w+:\?/)])
  }
})

test.each(named)(
  '%s has a pinned image, a restart policy and a health check, unless it ends by itself',
  (name, service) => {
    expect(service.image).toMatch(/:\d+\.\d+(\.\d+)?(-[a-z]+)?$/)
    const isWaitedForToEnd = named.some(
      ([, other]) => other.depends_on?.[name]?.condition === 'service_completed_successfully',
    )
    if (isWaitedForToEnd) {
      expect(service.restart).toBe('on-failure')
      expect(service.healthcheck).toEqual({ disable: true })
    } else {
      expect(service.restart).toBe('unless-stopped')
      expect(service.healthcheck?.test?.[0]).toBe('CMD')
    }
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      const needed = services[other]?.healthcheck?.disable ? 'service_completed_successfully' : 'service_healthy'
      expect([other, condition]).toEqual([other, needed])
    }
  },
)

test.each(named)('%s mounts what is there: folders of the checkout for reading, volumes that are declared', (name) => {
  for (const { source, readOnly, isVolume } of mountsOf(name)) {
    expect([source, isVolume ? source in volumes : existsSync(inProject(source)) && readOnly]).toEqual([source, true])
  }
})

test('every declared volume is used', () => {
  const used = named.flatMap(([name]) => mountsOf(name).filter(({ isVolume }) => isVolume)).map(({ source }) => source)
  expect(new Set(used)).toEqual(new Set(Object.keys(volumes)))
})

test('the only volume of Stratus that an Airflow component sees is the CA; its keys and data stay its own', () => {
  const seen = named
    .filter(([, { image }]) => image.startsWith('stratus-airflow:'))
    .flatMap(([name]) => mountsOf(name))
    .map(({ source }) => source)
  expect(seen).not.toContain('stratus-data')
  expect(new Set(seen.filter((source) => source.startsWith('stratus')))).toEqual(new Set(['stratus-ca']))
  const writers = named.filter(([name]) =>
    mountsOf(name).some((mount) => mount.source === 'stratus-ca' && !mount.readOnly),
  )
  expect(writers.map(([name]) => name)).toEqual(['stratus-setup'])
})

test.each(ours)('%s sets only variables that Stratus reads', (_name, { environment = {} }) => {
  const known: readonly string[] = variableNames
  const others = ['WAREHOUSE_PASSWORD', 'DBT_PROFILES_DIR']
  expect(Object.keys(environment).filter((name) => !known.includes(name) && !others.includes(name))).toEqual([])
})

test.each(ours.filter(([, { entrypoint }]) => entrypoint === undefined))(
  '%s starts a command that Stratus has, with options that it knows',
  (_name, { command = [] }) => {
    const { commands } = createProgram({ installDir: inProject('dist'), outcome: { exitCode: 0 } })
    const found = commands.find((candidate) => candidate.name() === command[0])
    const options: (string | undefined)[] = found?.options.map(({ long }) => long ?? undefined) ?? []
    expect(command.filter((word) => word.startsWith('--') && !options.includes(word))).toEqual([])
    expect(found).toBeDefined()
  },
)

test.each(ours)('%s cannot write to its image or gain rights, and dbt is never root', (name, service) => {
  expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] })
  const runsDbt = ['serve', 'work'].includes(service.command?.[0] ?? '')
  const rights = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'KILL', 'SETGID', 'SETUID']
  if (runsDbt) {
    expect(service).toMatchObject({ user: '0:0', cap_add: rights, environment: { STRATUS_DBT_USER: '10002' } })
  } else if (name === 'stratus-setup') {
    expect(service).toMatchObject({ user: '0:0', cap_add: ['DAC_OVERRIDE'] })
  } else {
    expect([service.user, service.cap_add]).toEqual([undefined, undefined])
  }
})

test('ports are open to this machine only, unless BIND_ADDRESS says otherwise', () => {
  const ports = named.flatMap(([, service]) => service.ports ?? [])
  expect(ports).toHaveLength(4)
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
  expect(new Set(ports.map((port) => port.split(':')[1])).size).toBe(ports.length)
})

test('addresses inside name services and the ports that they listen on', () => {
  const addresses = named.flatMap(([, { environment = {} }]) =>
    Object.values(environment).flatMap((value) => [...value.matchAll(/[@/]([a-z][a-z-]+):(\d+)/g)]),
  )
  const listening: Record<string, string> = {
    postgres: '5432',
    'airflow-postgres': '5432',
    stratus: '8443',
    'airflow-apiserver': '8080',
  }
  const inside = addresses.filter(([, host]) => host !== 'localhost')
  expect(new Set(inside.map(([, host]) => host))).toEqual(new Set(Object.keys(listening)))
  for (const [, host, port] of inside) expect([host, port]).toEqual([host, listening[host ?? '']])
})
