import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')
const modulesBelow = (folder: string) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(mjs|ts)$/.test(name))
    .map((name) => path.join(folder, name))

const scripts = modulesBelow('scripts').filter((file) => file.endsWith('.mjs'))
const imported = new Set(
  ['scripts', 'bench', 'test'].flatMap(modulesBelow).flatMap((file) => {
    const imports = read(file).matchAll(/\bfrom '(\.[^']+)'|\bimport\('(\.[^']+)'\)/g)
    return [...imports].map(([, from, called]) => path.join(path.dirname(file), from ?? called ?? ''))
  }),
)
/** A script that nothing imports is there to be run. */
const programs = scripts.filter((file) => !imported.has(file))

test('the first line of each script says who runs it', () => {
  expect(programs).toEqual(expect.arrayContaining(['scripts/check/check.mjs', 'scripts/demo/demo.mjs']))
  expect(programs.filter((file) => !/^\/\/ Run by .+[.;]/.test(read(file)))).toEqual([])
})

test('each script is run by package.json or another script, or CONTRIBUTING.md says when to run it', () => {
  const runners = ['package.json', 'CONTRIBUTING.md', ...scripts]
  const unused = programs.filter((file) => {
    const name = file.replace(/^scripts\/|\.mjs$/g, '')
    return !runners.some((runner) => runner !== file && read(runner).includes(name))
  })
  expect(unused).toEqual([])
})
