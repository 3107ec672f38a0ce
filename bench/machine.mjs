import os from 'node:os'

export function describeMachine() {
  const load = os.loadavg()[0].toFixed(1)
  const memory = Math.round(os.totalmem() / 2 ** 30)
  const [cpu] = os.cpus()
  return `Machine: ${os.cpus().length} × ${cpu?.model.trim()}, ${memory} GiB, Node ${process.version}, ${os.platform()} ${os.arch()}, load ${load}.`
}
