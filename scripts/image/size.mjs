import { readdirSync } from 'node:fs'
import path from 'node:path'
import { outputOf } from '../lib/run-command.mjs'

/** The sizes in docs/deployment.md come from here. */
export async function describeSize(mount) {
  const parts = ['', '/opt/dbt', '/usr/local', '/opt/stratus', '/usr/lib', '/usr/share', '/usr/bin', '/var']
  const packages = path.join(mount, 'opt/dbt/lib', readdirSync(path.join(mount, 'opt/dbt/lib'))[0], 'site-packages')
  const largest = readdirSync(packages).map((name) => path.join(packages, name))
  console.log('\nSize, uncompressed')
  for (const [size, file] of await megabytes(parts.map((name) => `${mount}${name}`))) {
    console.log(`  ${size} MB  ${file.slice(mount.length) || 'all'}`)
  }
  console.log('  Largest packages of dbt')
  const sorted = (await megabytes(largest)).sort(([one], [other]) => other - one)
  for (const [size, file] of sorted.slice(0, 8)) console.log(`  ${size} MB  ${path.basename(file)}`)
}

async function megabytes(files) {
  const sizes = []
  for (const file of files) {
    const output = await outputOf('du', ['--summarize', '--one-file-system', '--block-size=1M', file])
    sizes.push([Number(output.split('\t', 1)[0]), file])
  }
  return sizes
}
