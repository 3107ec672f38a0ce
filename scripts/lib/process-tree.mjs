import { setTimeout as sleep } from 'node:timers/promises'
import { capture } from './run-command.mjs'

/**
 * Ends a program that was started as the leader of its own process group: SIGINT to it, so that it can end its
 * children in order, and after `graceMs` SIGKILL to whatever is left of its group and its descendants.
 */
export async function stopTree(pid, graceMs) {
  const members = new Set(await listTree(pid))
  signal(pid, 'SIGINT')
  const deadline = Date.now() + graceMs
  while (Date.now() < deadline && (await listAlive(members)).length > 0) await sleep(100)
  for (const late of await listTree(pid)) members.add(late)
  signal(-pid, 'SIGKILL')
  for (const member of await listAlive(members)) signal(member, 'SIGKILL')
}

/** Finds the members of the group and all descendants: a program's children may have left its group. */
async function listTree(leader) {
  const processes = await listProcesses()
  const tree = new Set(processes.filter(({ pid, group }) => pid === leader || group === leader).map(({ pid }) => pid))
  for (let before = -1; before !== tree.size; ) {
    before = tree.size
    for (const { pid, parent } of processes) if (tree.has(parent)) tree.add(pid)
  }
  return tree
}

async function listAlive(members) {
  return (await listProcesses()).filter(({ pid, state }) => members.has(pid) && state !== 'Z').map(({ pid }) => pid)
}

async function listProcesses() {
  const { output } = await capture('ps', ['-A', '-o', 'pid=,ppid=,pgid=,state='])
  return output
    .trim()
    .split('\n')
    .map((line) => {
      const [pid, parent, group, state] = line.trim().split(/\s+/)
      return { pid: Number(pid), parent: Number(parent), group: Number(group), state: state?.charAt(0) }
    })
}

function signal(pid, name) {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}
