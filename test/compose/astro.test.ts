import { existsSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import * as z from 'zod'
import { readDockerfile } from '../../scripts/lib/dockerfile.mjs'
import { parseMount, readCompose, variablesIn } from '../../scripts/stack/compose-file.mjs'
import { variableNames } from '../../src/config/env-variables.ts'
import { exampleCompose, inProject, readText } from './project-files.ts'

const project = inProject('airflow-dags')
const { services, volumes } = readCompose(path.join(project, 'docker-compose.override.yml'), {})
const { stratus, 'stratus-setup': setup } = services

const settings = z
  .object({
    airflow: z.object({
      connections: z.array(z.record(z.string(), z.unknown())),
      pools: z.array(z.unknown()),
      variables: z.array(z.unknown()),
    }),
  })
  .parse(parse(readText('airflow-dags', 'airflow_settings.yaml')))

test('the connections of airflow_settings.yaml lead to the Stratus beside it', () => {
  expect(settings.airflow.connections).toEqual([
    {
      conn_id: 'dbt_cloud_default',
      conn_type: 'dbt_cloud',
      conn_host: `${stratus?.environment?.STRATUS_TLS_NAMES}:8443`,
      conn_login: '1',
      conn_password: stratus?.environment?.STRATUS_ADMIN_TOKEN,
    },
    {
      conn_id: 'stratus_http',
      conn_type: 'http',
      conn_host: `https://${stratus?.environment?.STRATUS_TLS_NAMES}:8443`,
      conn_extra: { Authorization: `Token ${stratus?.environment?.STRATUS_ADMIN_TOKEN}` },
    },
  ])
  expect(setup?.environment?.STRATUS_TOKEN).toBe(stratus?.environment?.STRATUS_ADMIN_TOKEN)
  expect(stratus?.ports).toEqual(['127.0.0.1:8443:8443'])
})

test('every component of Airflow that talks to Stratus has the CA, once that is there', () => {
  for (const name of ['api-server', 'scheduler', 'dag-processor', 'triggerer']) {
    const service = services[name]
    expect([name, service?.depends_on]).toEqual([
      name,
      { 'stratus-setup': { condition: 'service_completed_successfully' } },
    ])
    const [mount] = (service?.volumes ?? []).map(parseMount)
    expect(mount).toMatchObject({ source: 'stratus-ca', readOnly: true })
    const file = `${mount?.target}/ca-bundle.pem`
    expect(service?.environment).toEqual({ REQUESTS_CA_BUNDLE: file, SSL_CERT_FILE: file })
  }
  const handedOver = (setup?.volumes ?? []).map(parseMount).find(({ source }) => source === 'stratus-ca')
  expect(setup?.command).toContain(`--trust-folder=${handedOver?.target}`)
})

test('what it mounts, builds and sets exists', () => {
  for (const service of [stratus, setup]) {
    expect(service?.image).toBe(exampleCompose().services.stratus?.image)
    expect(existsSync(path.join(project, service?.build?.context ?? 'absent', 'Dockerfile'))).toBe(true)
    const known: readonly string[] = variableNames
    expect(Object.keys(service?.environment ?? {}).filter((name) => !known.includes(name))).toEqual([])
    for (const { source, isVolume } of (service?.volumes ?? []).map(parseMount)) {
      expect([source, isVolume ? source in volumes : existsSync(path.join(project, source))]).toEqual([source, true])
    }
  }
  expect(variablesIn(readText('airflow-dags', 'docker-compose.override.yml'))).toEqual([])
})

test('`astro dev start` finds all that it looks for', () => {
  for (const name of ['Dockerfile', 'packages.txt', 'requirements.txt', '.astro/config.yaml', 'dags', 'tests']) {
    expect([name, existsSync(path.join(project, name))]).toEqual([name, true])
  }
  const [stage] = readDockerfile(path.join(project, 'Dockerfile')).stages
  expect(stage?.image).toMatch(/^astrocrpublic\.azurecr\.io\/runtime:3\.\d+-\d+$/)
  const { name } = z
    .object({ project: z.object({ name: z.string() }) })
    .parse(parse(readText('airflow-dags', '.astro', 'config.yaml'))).project
  expect(name).toBe('stratus-dags')
  // One provider version for all three: Astro, our compose file, and the tests.
  const provider = /^apache-airflow-providers-dbt-cloud==\S+$/m.exec(readText('airflow-dags', 'requirements.txt'))?.[0]
  expect(readText('requirements', 'airflow-postgres.txt').split('\n')).toContain(provider)
})

test('the file that its job builds into may be named by a connection, and stands in a volume that the image makes writable', () => {
  const environments = z.array(z.object({ connection: z.object({ path: z.string() }) }))
  const document = z
    .object({ projects: z.array(z.object({ environments })) })
    .parse(parse(readText('airflow-dags', 'include/stratus.yml')))
  const folders = document.projects.flatMap((one) =>
    one.environments.map(({ connection }) => path.dirname(connection.path)),
  )
  const roots = stratus?.environment?.STRATUS_PROJECT_ROOTS?.split(',')
  expect(folders.length).toBeGreaterThan(0)
  for (const folder of folders) {
    expect(roots).toContain(folder)
    expect((stratus?.volumes ?? []).map(parseMount)).toContainEqual(
      expect.objectContaining({ target: folder, isVolume: true, readOnly: false }),
    )
    expect(readText('Dockerfile')).toMatch(new RegExp(`install --directory --owner stratus .*${folder}( |$)`, 'm'))
  }
})
