import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Takes the lock file, or gives the id of the live process that holds it. */
export function tryLock(file) {
  mkdirSync(path.dirname(file), { recursive: true })
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      return undefined
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const holder = readHolder(file)
    if (holder !== undefined && isAlive(holder)) return holder
    rmSync(file, { force: true })
  }
}

/** Runs `work` alone among the scripts of this checkout: two installations at once would spoil each other. */
export async function withLock(file, work) {
  let said = false
  for (let holder = tryLock(file); holder !== undefined; holder = tryLock(file)) {
    if (!said) console.log(`  Waiting for another installation in this folder (process ${holder}) …`)
    said = true
    await sleep(500)
  }
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}

function readHolder(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined
  } catch {
    // Released between the two looks.
    return undefined
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
