import { PlainError } from '../lib/plain-error.mjs'
import { capture } from '../lib/run-command.mjs'

const oldestNode = [20, 19]

/** Node and git must be there before anything can be installed. */
export async function checkMachine() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
    throw new PlainError(
      `Node ${oldestNode.join('.')} or newer is needed, this is ${process.versions.node}. See https://nodejs.org/en/download.`,
    )
  }
  if (process.platform === 'win32') {
    throw new PlainError('Windows is supported through WSL: open a WSL shell and start again there.')
  }
  const git = await capture('git', ['--version'])
  if (git.code !== 0) {
    throw new PlainError('git was not found. Install it, for example: apt install git, or: brew install git.')
  }
}
