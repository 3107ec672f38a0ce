import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import * as z from 'zod'
import { copiesOf, imageDefaults, readDockerfile } from '../../scripts/lib/dockerfile.mjs'
import { parseMount } from '../../scripts/stack/compose-file.mjs'
import { exampleCompose, inProject, readText } from './project-files.ts'

const stratus = readDockerfile(inProject('Dockerfile'))
const airflow = readDockerfile(inProject('docker/airflow/Dockerfile'))
const { services } = exampleCompose()
const manifest = z
  .object({ version: z.string(), dependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readText('package.json')))

const ignore = readText('.dockerignore').split('\n')
const allowed = ignore.filter((line) => line.startsWith('!')).map((line) => line.slice(1))

const copies = [stratus, airflow].flatMap(({ stages }) => stages.flatMap(copiesOf))

test('the Dockerfiles copy files that exist and that .dockerignore lets through', () => {
  const sources = copies.filter(({ from }) => from === undefined).flatMap(({ sources: list }) => list)
  expect(sources.length).toBeGreaterThan(10)
  for (const source of sources) {
    expect([source, existsSync(inProject(source))]).toEqual([source, true])
    expect([source, allowed.some((entry) => source === entry || source.startsWith(`${entry}/`))]).toEqual([
      source,
      true,
    ])
  }
  for (const entry of allowed) {
    expect([entry, sources.some((source) => source === entry || source.startsWith(`${entry}/`))]).toEqual([entry, true])
  }
})

test('the image has what its scripts import of others', () => {
  const scripts = copies
    .flatMap(({ sources }) => sources)
    .filter((source) => source.startsWith('scripts/'))
    .flatMap((source) =>
      source.endsWith('.mjs') ? [source] : readdirSync(inProject(source)).map((name) => path.join(source, name)),
    )
  expect(scripts).toContain('scripts/build/build.mjs')
  for (const script of scripts) {
    const imports = [...readText(script).matchAll(/from '(\.[^']*\.mjs)'/g)].map(([, file = '']) => file)
    for (const file of imports) expect(scripts).toContain(path.join(path.dirname(script), file))
  }
})

test('stages that are copied from exist, and base images are pinned', () => {
  const names = stratus.stages.map(({ name }) => name)
  for (const { from } of copies) if (from !== undefined) expect(names).toContain(from)
  expect(new Set(stratus.stages.map(({ image }) => image))).toEqual(new Set([stratus.args.BASE_IMAGE]))
  expect(stratus.args.BASE_IMAGE).toMatch(/^node:24\.\d+\.\d+-bookworm-slim$/)
  expect(airflow.args.AIRFLOW_IMAGE).toMatch(/^apache\/airflow:slim-\d+\.\d+\.\d+-python3\.12$/)
})

test('the image brings along the packages that the bundle leaves outside', () => {
  const external = [...readText('scripts/build/build.mjs').matchAll(/external: \[([^\]]*)\]/g)]
    .flatMap(([, list = '']) => [...list.matchAll(/'([^'*]+)'/g)].map(([, name]) => name ?? ''))
    .filter((name) => name in manifest.dependencies)
  expect(external.length).toBeGreaterThan(0)
  for (const name of external) {
    expect(copies).toContainEqual(expect.objectContaining({ sources: [`/build/node_modules/${name}`] }))
  }
})

test('the image is not root, reaps orphans, says what it is, and has no secret in it', () => {
  const image = imageDefaults(stratus)
  expect(image.user).toBe('stratus')
  expect(image.entrypoint).toEqual(['tini', '--', 'stratus'])
  expect(image.healthcheck).toContain('/opt/stratus/docker/healthcheck.mjs')
  const text = readText('Dockerfile')
  expect(text).toContain(`org.opencontainers.image.version="${manifest.version}"`)
  for (const { instructions } of [...stratus.stages, ...airflow.stages]) {
    const set = instructions
      .filter(({ keyword }) => keyword === 'ENV' || keyword === 'ARG')
      .map(({ text: value }) => value)
    expect(set.join(' ')).not.toMatch(/TOKEN|PASSWORD|SECRET/)
  }
})

test('the image has the user that dbt runs as in docker-compose.yml, who is not the one of the server', () => {
  const text = readText('Dockerfile')
  expect(text).toContain(`useradd --uid ${services.stratus?.environment?.STRATUS_DBT_USER} --gid dbt`)
  expect(text).not.toMatch(/install .*--(owner|group) dbt/)
})

test('the images of docker-compose.yml carry the versions of what is in them', () => {
  for (const { image, build } of Object.values(services)) {
    if (image.startsWith('stratus:')) expect(image).toBe(`stratus:${manifest.version}`)
    if (build) expect(existsSync(inProject(build.context, build.dockerfile ?? 'Dockerfile'))).toBe(true)
  }
  const version = services['airflow-scheduler']?.image.split(':')[1]
  expect(airflow.args.AIRFLOW_IMAGE).toContain(`slim-${version}-`)
  expect(readText('requirements/airflow-postgres.txt')).toContain(`apache-airflow==${version}\n`)
})

test('every path in a command, entry point or health check is in the image or mounted', () => {
  for (const [name, service] of Object.entries(services)) {
    if (service.build === undefined) continue
    const file = service.build.dockerfile === undefined ? stratus : airflow
    const last = file.stages.at(-1)
    const inImage = (last === undefined ? [] : copiesOf(last)).flatMap(({ sources, target = '' }) =>
      sources.length === 1 && !target.endsWith('/')
        ? [target]
        : sources.map((source) => path.join(target, path.basename(source))),
    )
    const mounted = (service.volumes ?? []).map((mount) => parseMount(mount).target)
    const words = [...(service.entrypoint ?? []), ...(service.command ?? []), ...(service.healthcheck?.test ?? [])]
    const paths = words.map((word) => word.replace(/^--[a-z-]+=/, '')).filter((word) => word.startsWith('/'))
    // The setup's folders are mount points.
    const known = [...inImage, ...mounted]
    for (const used of paths) {
      const isKnown = known.some((entry) => used === entry || used.startsWith(`${entry}/`))
      expect([name, used, isKnown]).toEqual([name, used, true])
    }
  }
})

test('a volume that a container of ours fills is made for its user in the image', () => {
  const text = readText('Dockerfile')
  const writable = Object.values(services)
    .filter(({ image }) => image.startsWith('stratus:'))
    .flatMap(({ volumes = [] }) => volumes.map(parseMount))
    .filter(({ isVolume, readOnly }) => isVolume && !readOnly)
  expect(writable.length).toBeGreaterThan(2)
  for (const { target } of writable) expect(text).toMatch(new RegExp(`install --directory --owner stratus .*${target}`))
})
