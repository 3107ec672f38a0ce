import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../lib/paths.mjs'
import { parseMount } from './compose-file.mjs'

/** Says where the files that the images bring along stand in the checkout. */
const imagePaths = {
  '/opt/stratus/docker': path.join(root, 'docker'),
  '/opt/stratus/init.py': path.join(root, 'docker/airflow/init.py'),
  '/opt/stratus/healthcheck.py': path.join(root, 'docker/airflow/healthcheck.py'),
}

const airflowHome = '/opt/airflow'
const configuration = /^\/(etc|srv\/profiles)(\/|$)/

/**
 * Says how a service's world looks on this machine: folders in place of mounts, localhost and a free port in place of
 * each service's name and port. `base` is the folder of the compose file; `ports` has keys such as "stratus:8443".
 */
export function mapService(name, services, { base, dir, ports }) {
  const service = services[name]
  const paths = {
    ...imagePaths,
    ...sharedFolders(services, { base, dir }),
    [airflowHome]: path.join(dir, name, 'airflow'),
  }
  for (const mount of service.volumes ?? []) {
    const { source, target, isVolume } = parseMount(mount)
    paths[target] = localFolder({ source, isVolume }, { base, dir })
    if (isVolume) mkdirSync(paths[target], { recursive: true })
    if (target.startsWith(`${airflowHome}/`)) mountAt(target.replace(airflowHome, paths[airflowHome]), paths[target])
  }
  const toLocal = (text) => mapHosts(mapPaths(text, paths), ports)
  // Files that name folders or services of the containers are read from mapped copies.
  for (const mount of service.volumes ?? []) {
    const { source, target, isVolume } = parseMount(mount)
    if (isVolume || !configuration.test(target)) continue
    paths[target] = copyMapped(path.resolve(base, source), path.join(dir, name, target), toLocal)
  }
  return toLocal
}

/** A folder of the checkout that one service mounts is the same in another; its parent may be named, too. */
function sharedFolders(services, { base, dir }) {
  const folders = {}
  for (const mount of Object.values(services).flatMap(({ volumes }) => volumes ?? [])) {
    const { source, target, isVolume } = parseMount(mount)
    folders[target] = localFolder({ source, isVolume }, { base, dir })
    if (isVolume) continue
    if (path.basename(source) === path.basename(target)) folders[path.dirname(target)] ??= path.dirname(folders[target])
  }
  return folders
}

function localFolder({ source, isVolume }, { base, dir }) {
  return isVolume ? path.join(dir, 'volumes', source) : path.resolve(base, source)
}

/** Airflow finds its DAGs and logs below its home by itself. */
function mountAt(place, folder) {
  mkdirSync(path.dirname(place), { recursive: true })
  if (!existsSync(place)) symlinkSync(folder, place)
}

function mapPaths(text, paths) {
  const longestFirst = Object.keys(paths).sort((one, other) => other.length - one.length)
  return longestFirst.reduce(
    (mapped, target) =>
      mapped.replaceAll(new RegExp(`(?<=^|[=,\\s])${target}(?=[/,\\s]|$)`, 'gm'), () => paths[target]),
    text,
  )
}

function mapHosts(text, ports) {
  return Object.entries(ports).reduce((mapped, [host, port]) => {
    const [name, inside] = host.split(':')
    return mapped
      .replaceAll(new RegExp(`(?<=[@/])${name}:${inside}\\b`, 'g'), `localhost:${port}`)
      .replaceAll(new RegExp(`(?<=_HOST: )${name}$(\\n\\s+\\w+_PORT: )"${inside}"`, 'gm'), `localhost$1"${port}"`)
  }, text)
}

function copyMapped(source, copy, toLocal) {
  cpSync(source, copy, { recursive: true })
  for (const file of filesOf(copy)) writeFileSync(file, toLocal(readFileSync(file, 'utf8')))
  return copy
}

function filesOf(file) {
  return statSync(file).isDirectory() ? readdirSync(file).flatMap((name) => filesOf(path.join(file, name))) : [file]
}
