import { readFileSync } from 'node:fs'
import os from 'node:os'

const atStart = processorTimes()

/** Names the machine, and how much of the processor time asked for since the start went to other machines. */
export function describeMachine() {
  const load = os.loadavg()[0].toFixed(1)
  const memory = Math.round(os.totalmem() / 2 ** 30)
  const [cpu] = os.cpus()
  const machine = `${os.cpus().length} × ${cpu?.model.trim()}, ${memory} GiB, Node ${process.version}, ${os.platform()} ${os.arch()}`
  return `Machine: ${machine}, load ${load}${stolen()}.`
}

function stolen() {
  const now = processorTimes()
  if (atStart === undefined || now === undefined) return ''
  const steal = now.steal - atStart.steal
  const share = steal / Math.max(1, steal + now.busy - atStart.busy)
  return `, ${Math.round(100 * share)} % of the processor time taken by other machines`
}

/** Linux counts them in ticks. */
function processorTimes() {
  try {
    const [user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'utf8')
      .split('\n', 1)[0]
      .split(/\s+/)
      .slice(1)
      .map(Number)
    return { busy: user + nice + system + irq + softirq, steal }
  } catch {
    return undefined
  }
}
