import { readdirSync, readFileSync } from 'node:fs'

const intervalMs = 200
const pageKilobytes = 4

/**
 * The most memory that tasks take at one moment while `work` goes on: the processes that the executor's workers of the
 * Airflow below `pid` start for tasks, and all that those start. Resident memory as each process has it, and with
 * what they share counted once.
 */
export async function peakOfTasks(pid, work) {
  const peak = { resident: 0, proportional: 0 }
  const sample = () => {
    const now = memoryOfTasks(pid)
    for (const kind of Object.keys(peak)) peak[kind] = Math.max(peak[kind], now[kind])
  }
  const timer = setInterval(sample, intervalMs)
  try {
    return { result: await work(), peak }
  } finally {
    clearInterval(timer)
  }
}

function memoryOfTasks(airflow) {
  const parents = new Map()
  const workers = new Set()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = read(name, 'stat')
    if (stat === undefined) continue
    parents.set(name, stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
    if (read(name, 'cmdline')?.startsWith('airflow worker --')) workers.add(name)
  }
  const total = { resident: 0, proportional: 0 }
  for (const pid of parents.keys()) {
    const ancestors = ancestorsOf(pid, parents)
    // A task's own process keeps the worker's title; it is the worker's child.
    const isOfTask = ancestors.some((ancestor) => workers.has(ancestor)) && ancestors.includes(String(airflow))
    if (!isOfTask) continue
    total.resident += Number(read(pid, 'statm')?.split(' ')[1] ?? 0) * pageKilobytes
    total.proportional += Number(/^Pss:\s+(\d+)/m.exec(read(pid, 'smaps_rollup') ?? '')?.[1] ?? 0)
  }
  return { resident: total.resident / 1024, proportional: total.proportional / 1024 }
}

function ancestorsOf(pid, parents) {
  const ancestors = []
  for (let parent = parents.get(pid); parent !== undefined && parent !== '0'; parent = parents.get(parent)) {
    ancestors.push(parent)
  }
  return ancestors
}

/** It is undefined for a process that has ended meanwhile. */
function read(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return undefined
  }
}
