import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../../scripts/lib/paths.mjs'

const models = 50
const perLayer = 5
const sources = new Set(['models', 'seeds', 'snapshots', 'tests', 'dbt_project.yml'])

/** Makes the sample project and one of 50 models below `folder`, each with a DuckDB file of its own. */
export function writeProjects(folder) {
  const sample = path.join(root, 'examples/coffee_roastery')
  const coffee = path.join(folder, 'coffee')
  const isSource = (file) => file === sample || sources.has(path.relative(sample, file).split(path.sep)[0])
  cpSync(sample, coffee, { recursive: true, filter: isSource })
  const project = path.join(coffee, 'dbt_project.yml')
  writeFileSync(project, readFileSync(project, 'utf8').replace('profile: coffee_roastery', 'profile: coffee'))
  writeProfile(coffee, 'coffee')
  writeWideProject(path.join(folder, 'wide'))
}

/** Tables in ten layers, each of which reads two of the layer before it. */
function writeWideProject(folder) {
  mkdirSync(path.join(folder, 'models'), { recursive: true })
  const description = {
    name: 'wide',
    version: '1.0.0',
    profile: 'wide',
    models: { wide: { '+materialized': 'table' } },
  }
  writeFileSync(path.join(folder, 'dbt_project.yml'), JSON.stringify(description))
  for (let number = 0; number < models; number++) {
    const layer = Math.floor(number / perLayer)
    const above = (offset) => nameOf((layer - 1) * perLayer + ((number + offset) % perLayer))
    const sql =
      layer === 0
        ? `select ${number} as id, range as value from range(1000)`
        : `select a.id, a.value + b.value as value from {{ ref('${above(0)}') }} a join {{ ref('${above(1)}') }} b using (value)`
    writeFileSync(path.join(folder, 'models', `${nameOf(number)}.sql`), `${sql}\n`)
  }
  writeProfile(folder, 'wide')
}

function nameOf(number) {
  return `model_${String(number + 1).padStart(2, '0')}`
}

/** JSON is YAML too. A whole path, since Cosmos runs dbt in a copy of the project. */
function writeProfile(folder, name) {
  const dev = { type: 'duckdb', path: path.join(folder, `${name}.duckdb`), threads: 4 }
  writeFileSync(path.join(folder, 'profiles.yml'), JSON.stringify({ [name]: { target: 'dev', outputs: { dev } } }))
}
