// Adds to package-lock.json the optional packages for other platforms that npm left out, as it does when its registry
// does not have them. Without them `npm ci` refuses the lock everywhere. Run it after each `npm install`.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './lib/paths.mjs'

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64']
const libraries = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' }

const file = path.join(root, 'package-lock.json')
const lock = JSON.parse(readFileSync(file, 'utf8'))
let added = 0
for (const [place, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (isPresent(place, name)) continue
    const platform = platformOf(name)
    // Not one for another platform: npm has its own reasons to leave it out.
    if (!platform || !/^\d+\.\d+\.\d+\S*$/.test(version)) continue
    lock.packages[`node_modules/${name}`] = { version, ...platform, ...(dev ? { dev: true } : {}), optional: true }
    added += 1
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')))
if (added > 0) writeFileSync(file, `${JSON.stringify(lock, undefined, 2)}\n`)
console.log(`${added} packages for other platforms added`)

/** npm looks in the package's own node_modules first, then in those of the packages around it. */
function isPresent(place, name) {
  for (let parent = place; ; parent = parent.slice(0, parent.lastIndexOf('/node_modules/'))) {
    if (lock.packages[`${parent}/node_modules/${name}`]) return true
    if (!parent.includes('/node_modules/')) return Boolean(lock.packages[`node_modules/${name}`])
  }
}

/** Such packages declare their platform, which is also in their names. */
function platformOf(name) {
  const words = name.split('/').pop().split('-')
  const os = words.find((word) => systems.includes(word))
  const cpu = words.find((word) => processors.includes(word))
  const libc = libraries[words[words.length - 1]]
  if (!os || !cpu) return undefined
  return { cpu: [cpu], ...(os === 'linux' && libc ? { libc: [libc] } : {}), os: [os] }
}
