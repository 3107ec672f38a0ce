import { spawn } from 'node:child_process'
import { root } from './paths.mjs'

/**
 * Runs a program that ends with the line "N passed, N failed" and shows what it prints; gives its exit code and those
 * counts.
 */
export function runCounting(file, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], ...options })
    let end = ''
    child.stdout.on('data', (chunk) => {
      process.stdout.write(chunk)
      end = (end + chunk).slice(-2000)
    })
    child.once('error', reject)
    child.once('close', (code) => {
      // pytest's own last line has both words in it, in either order.
      const count = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(end.trim().split('\n').at(-1) ?? '')?.[1] ?? 0)
      resolve({
        code: code ?? 1,
        passed: count('passed'),
        failed: count('failed') + count('error'),
        skipped: count('skipped'),
      })
    })
  })
}
