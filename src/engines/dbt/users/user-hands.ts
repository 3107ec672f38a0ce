import { execFile } from 'node:child_process'
import { chmod, chown, lchown, lstat, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { errorCode } from '../../../util/error-code.ts'
import { StepFailure } from '../../steps/step-failure.ts'
import type { Hands } from './hands.ts'
import { removeTree } from './remove-tree.ts'
import { rightsOf } from './rights-of.ts'
import { type AllowedUser, systemEnvironment } from './run-user.ts'

/** Others may pass, and find only what they know the name of and is theirs. */
const passageMode = 0o711

const tests = { read: '-r', write: '-w', enter: '-x' }

/** The hands of a process that may change users, for runs of another one. */
export function userHands(user: AllowedUser): Hands {
  const { uid, gid, groups, setpriv } = user
  // With its end, too, where it is the first process of a namespace: a change of users forgets whom it is to end with.
  const end = '--pdeathsig=keep'
  const change = [`--reuid=${uid}`, `--regid=${gid}`, `--groups=${groups.join(',')}`, '--no-new-privs', end, '--']
  const program: Hands['program'] = (file, args) => [setpriv, [...change, file, ...args]]
  const mayByMode = rightsOf(user)
  const asUser = (file: string, args: readonly string[], input?: string) => run(...program(file, args), input)
  return {
    user,
    makePassage,
    async makeReadable(folder) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await chown(folder, -1, gid)
      await chmod(folder, 0o750)
    },
    async makeFolder(folder) {
      await makePassage(path.dirname(folder))
      try {
        await mkdir(folder, { mode: 0o700 })
        return await chown(folder, uid, gid)
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') throw error
      }
      const found = await lstat(folder)
      if (found.uid === uid) return
      if (!found.isDirectory()) throw new Error(`${folder} is no folder.`)
      // It belonged to another user until now: the environment has changed its own. What is in it and is not that one's is a hard link.
      const options = ['--recursive', '--no-dereference', '-P', `--from=${found.uid}`]
      await run('chown', [...options, '--', `${uid}:${gid}`, folder])
    },
    async place(file, text) {
      await writeFile(file, text, { mode: 0o600 })
      await chown(file, uid, gid)
    },
    give: (file) => lchown(file, uid, gid),
    remove: removeTree,
    makeFolderInside: (folder) => asUser('mkdir', ['-p', '-m', '700', '--', folder]),
    async writeInside(file, text) {
      await asUser('rm', ['-rf', '--', file])
      await asUser('mkdir', ['-p', '--', path.dirname(file)])
      await asUser('tee', ['--', file], text)
    },
    removeInside: (file) => asUser('rm', ['-rf', '--', file]),
    async copyInside(from, to) {
      await asUser('cp', ['--', from, `${to}.partial`])
      await asUser('mv', ['-T', '--', `${to}.partial`, to])
    },
    async may(what, file, rights) {
      if (await mayByMode(what, file, rights)) return true
      // There may be an access list, which says more than the modes.
      return asUser('test', [tests[what], file]).then(
        () => true,
        () => false,
      )
    },
    program,
  }
}

export async function makePassage(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: passageMode })
  const { mode } = await lstat(folder)
  if ((mode & 0o777) !== passageMode) await chmod(folder, passageMode)
}

function run(file: string, args: readonly string[], input = ''): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = execFile(file, args, { env: systemEnvironment, cwd: '/' }, (error, _stdout, stderr) => {
      if (error === null) resolve()
      else reject(new StepFailure(stderr.trim() || error.message))
    })
    child.stdin?.on('error', () => {}) // it ended before it had read that
    child.stdin?.end(input)
  })
}
