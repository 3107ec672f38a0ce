import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'

export const airflowEnvironment = path.resolve(import.meta.dirname, '../../../.stratus/venv-airflow')
export const airflowBin = path.join(airflowEnvironment, 'bin')
export const ownPython = path.join(airflowBin, 'python')

/** The authorities of the server with ours, which comes last, left out. */
export function otherBundle(folder: string, bundle: string): string {
  const file = path.join(folder, 'other.pem')
  const end = '-----END CERTIFICATE-----\n'
  writeFileSync(file, readFileSync(bundle, 'utf8').split(end).slice(0, 3).join(end) + end)
  return file
}

/** pip leaves such files of an installed version. */
export function oldProvider(folder: string): string {
  const name = 'apache_airflow_providers_dbt_cloud-2.3.0.dist-info'
  const place = path.join(folder, 'old')
  mkdirSync(path.join(place, name), { recursive: true })
  writeFileSync(
    path.join(place, name, 'METADATA'),
    'Metadata-Version: 2.1\nName: apache-airflow-providers-dbt-cloud\nVersion: 2.3.0\n',
  )
  return place
}

/** A Python that has all packages of Airflow's environment but the provider. */
export function pythonWithoutProvider(folder: string): string {
  const lib = path.join(airflowBin, '../lib')
  const packages = path.join(lib, readdirSync(lib).find((name) => name.startsWith('python')) ?? '', 'site-packages')
  const place = path.join(folder, 'without')
  linkBut(packages, place, (name) => name === 'airflow' || name.startsWith('apache_airflow_providers_dbt_cloud'))
  linkBut(path.join(packages, 'airflow'), path.join(place, 'airflow'), (name) => name === 'providers')
  const providers = path.join('airflow', 'providers')
  linkBut(path.join(packages, providers), path.join(place, providers), (name) => name === 'dbt')
  const python = path.join(folder, 'python-without-provider')
  writeFileSync(python, `#!/bin/sh\nPYTHONPATH='${place}' exec "$(readlink -f '${airflowBin}/python')" "$@"\n`)
  chmodSync(python, 0o755)
  return python
}

function linkBut(from: string, to: string, isLeftOut: (name: string) => boolean): void {
  mkdirSync(to, { recursive: true })
  for (const name of readdirSync(from)) if (!isLeftOut(name)) symlinkSync(path.join(from, name), path.join(to, name))
}
