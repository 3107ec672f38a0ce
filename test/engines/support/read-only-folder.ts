import { execFileSync } from 'node:child_process'
import { chmod } from 'node:fs/promises'

/** Until it is disposed of, nobody writes into the folder: root, whom modes do not stop, meets a read-only mount. */
export async function readOnly(folder: string): Promise<AsyncDisposable> {
  if (process.getuid?.() !== 0) {
    await chmod(folder, 0o555)
    return { [Symbol.asyncDispose]: () => chmod(folder, 0o755) }
  }
  execFileSync('mount', ['--bind', '-o', 'ro', folder, folder])
  return {
    async [Symbol.asyncDispose]() {
      execFileSync('umount', [folder])
    },
  }
}
