import { spawn } from 'node:child_process'
import { PassThrough } from 'node:stream'
import { root } from '../lib/paths.mjs'
import { passThrough } from '../lib/run-command.mjs'

const maxHeldBack = 64 * 1024 * 1024

/**
 * Runs a program that ends with the line "N passed, N failed" and shows what it prints; gives its exit code and those
 * counts. What is printed before `showAfter` has settled is held back until then, so that it does not mix with another's.
 */
export function runCounting(file, args, { showAfter, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options })
    const stop = () => child.kill()
    process.once('exit', stop)
    const shown = new PassThrough({ highWaterMark: maxHeldBack })
    for (const stream of [child.stdout, child.stderr]) stream.pipe(shown, { end: false })
    const show = () => shown.pipe(process.stdout, { end: false })
    let end = ''
    child.stdout.on('data', (chunk) => {
      end = (end + chunk).slice(-2000)
    })
    child.once('error', reject)
    child.once('close', (code) => {
      process.removeListener('exit', stop)
      shown.end()
      // pytest's own last line has both words in it, in either order.
      const count = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(end.trim().split('\n').at(-1) ?? '')?.[1] ?? 0)
      const result = {
        code: code ?? 1,
        passed: count('passed'),
        failed: count('failed') + count('error'),
        skipped: count('skipped'),
      }
      shown.once('end', () => resolve(result))
    })
    Promise.resolve(showAfter).then(show, show)
  })
}

/** Runs a program that only says whether all is well. */
export async function runAsOneTest(file, args) {
  const code = await passThrough(file, args, { cwd: root })
  return { code, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 }
}
