import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { outputOf, runWithProgress } from '../lib/run-command.mjs'

const unwanted = [
  ...['usr/share/doc', 'usr/share/info', 'usr/share/locale', 'usr/share/man', 'usr/share/lintian'],
  ...['var/cache/apt', 'var/lib/apt/lists'],
]
const ownAuthorities = '/usr/local/share/ca-certificates'

/**
 * Makes what stands in for the official Node image where no registry of images can be reached: Debian from
 * debootstrap, Node and npm from the npm registry, and the certificate authorities that this machine adds to Debian's.
 */
export async function makeBaseImage(buildah, { name, nodeVersion }) {
  const container = await buildah.run('from', 'scratch')
  const root = await buildah.run('mount', container)
  const args = ['--variant=minbase', '--include=ca-certificates', 'bookworm', root]
  await runWithProgress('base: Debian', 'debootstrap', args)
  leaveOut(root)
  if (existsSync(ownAuthorities)) cpSync(ownAuthorities, path.join(root, ownAuthorities), { recursive: true })
  await outputOf('chroot', [root, 'update-ca-certificates'])
  await addNode(root, nodeVersion)
  await buildah.run('umount', container)
  await buildah.runWithProgress('base: image', 'commit', '--rm', container, name)
}

/** Leaves out documentation, translations and apt's caches, now and of later installations, as the slim images do. */
function leaveOut(root) {
  for (const folder of unwanted) rmSync(path.join(root, folder), { recursive: true, force: true })
  const rules = unwanted.filter((folder) => folder.startsWith('usr')).map((folder) => `path-exclude /${folder}/*\n`)
  writeFileSync(path.join(root, 'etc/dpkg/dpkg.cfg.d/slim'), rules.join(''))
  const noCaches = 'Dir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\n'
  writeFileSync(path.join(root, 'etc/apt/apt.conf.d/slim'), noCaches)
}

async function addNode(root, version) {
  const scratch = mkdtempSync(path.join(tmpdir(), 'stratus-node-'))
  const local = path.join(root, 'usr/local')
  try {
    const node = await unpack(scratch, `node-linux-${process.arch}@${version}`)
    cpSync(path.join(node, 'bin/node'), path.join(local, 'bin/node'))
    const npm = await unpack(scratch, 'npm@11')
    mkdirSync(path.join(local, 'lib/node_modules'), { recursive: true })
    cpSync(npm, path.join(local, 'lib/node_modules/npm'), { recursive: true })
    symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', path.join(local, 'bin/npm'))
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function unpack(scratch, name) {
  const dir = mkdtempSync(path.join(scratch, 'package-'))
  await outputOf('npm', ['pack', '--silent', '--pack-destination', dir, name], { cwd: dir })
  const [archive] = readdirSync(dir)
  await outputOf('tar', ['xzf', archive, '--no-same-owner'], { cwd: dir })
  return path.join(dir, 'package')
}
