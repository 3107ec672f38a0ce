/*
 * The guardian: runs one program and never lets it outlive the worker that asked for it.
 *
 *   waiting ──start──▶ running ──program exits──▶ sweeping ──group empty──▶ exit
 *      │                  └──stop, deadline, worker gone──▶ ending ──────────┘
 *      └──worker gone──▶ exit
 *
 * fd 0: JSON lines from the worker (start, renew, stop; rouse asks for nothing); its end means that the worker is gone.
 * fd 1, 2: inherited by the program. fd 3: JSON lines to the worker (started, failed, exit, gone).
 * The program leads a session and process group of its own, so that the guardian can signal all of it,
 * see when it is empty, and is itself reached neither by that nor by a terminal's Ctrl-C.
 * Where the kernel allows, it is the first process of a namespace of its own: all in that ends with it, and sees nothing else.
 * No dependencies, and nothing that it needs always only Linux has.
 */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeSync } from 'node:fs'

/** Nothing survives SIGKILL; what is still there after this long waits only to be collected by its parent. */
const vanishMs = 200
const pollMs = 10

let program
let exited = false
let ending = false
let graceMs = 0
let deadlineTimer

// Whoever stops a whole service signals every process of it: the guardian stays until its program is gone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {})

// The first process that a Node starts takes it several times as long as the next one: paid while nobody waits.
spawn(process.execPath, ['--version'], { stdio: 'ignore', env: {} }).once('error', () => {})

let received = ''
process.stdin.setEncoding('utf8')
process.stdin.on('data', (text) => {
  const lines = (received + text).split('\n')
  received = lines.pop()
  for (const line of lines) obey(JSON.parse(line))
})
process.stdin.on('end', () => end('worker gone'))
process.stdin.on('error', () => end('worker gone'))

function obey(message) {
  if (message.command === 'start') start(message)
  else if (message.command === 'renew') setDeadline(message.seconds)
  else if (message.command === 'stop') end('stop')
}

function start({ file, args, cwd, env, user, ...limits }) {
  graceMs = limits.graceMs
  try {
    if (user) become(user)
  } catch (error) {
    report({ event: 'failed', code: null, message: `the user could not be changed to ${user.uid}: ${error.message}` })
    process.exit(0)
  }
  program = spawn(file, args, { cwd, env, stdio: ['ignore', 1, 2], detached: true })
  program.once('error', (error) => {
    report({ event: 'failed', code: error.code ?? null, message: error.message })
    process.exit(0)
  })
  // At once: the program itself may be about to stop whoever reports.
  if (program.pid !== undefined) report({ event: 'started', pid: program.pid })
  program.once('exit', (code, signal) => {
    exited = true
    report({ event: 'exit', code, signal })
    // Leftovers of a program that ended by itself are of no use; a program that is being stopped has its grace.
    if (!ending) sweep()
  })
  setDeadline(limits.deadlineSeconds)
}

/** It is for good, with all that the program will be: whoever could go back to the server's user would not be another one. */
function become({ uid, gid, groups }) {
  process.setgroups(groups)
  process.setgid(gid)
  process.setuid(uid)
  const ids = [process.getuid(), process.geteuid(), process.getgid(), process.getegid()].join()
  if (ids !== [uid, uid, gid, gid].join()) throw new Error(`it is ${ids} now`)
  const more = process.getgroups().filter((group) => group !== gid && !groups.includes(group))
  if (more.length > 0) throw new Error(`it is still in the groups ${more}`)
  if (mayGoBack()) throw new Error('it may go back')
}

function mayGoBack() {
  try {
    process.setuid(0)
    return true
  } catch {
    return false
  }
}

/** Timers run on the monotonic clock: nobody's clock change ends a run. */
function setDeadline(seconds) {
  clearTimeout(deadlineTimer)
  deadlineTimer = setTimeout(() => end('deadline'), Math.min(seconds * 1000, 2 ** 31 - 1))
}

function end(cause) {
  if (program === undefined) process.exit(0)
  if (ending) return
  ending = true
  if (!exited) report({ event: 'ending', cause })
  signalGroup('SIGINT')
  waitUntilGone(graceMs, sweep)
}

function sweep() {
  signalGroup('SIGKILL')
  waitUntilGone(vanishMs, () => leave())
}

function waitUntilGone(timeoutMs, otherwise) {
  const giveUpAt = performance.now() + timeoutMs
  const look = (afterMs) => {
    if (exited && (!signalGroup(0) || onlyDead())) leave()
    else if (performance.now() >= giveUpAt) otherwise()
    // Killed processes are gone at once, as a rule; to look for the dead costs something.
    else setTimeout(look, afterMs, exited ? Math.min(2 * afterMs, 5 * pollMs) : pollMs)
  }
  look(pollMs / 2)
}

function leave() {
  report({ event: 'gone' })
  process.exit(0)
}

/** Returns false if there was nobody to signal. */
function signalGroup(signal) {
  try {
    process.kill(-program.pid, signal)
    return true
  } catch {
    return false // the group is empty
  }
}

/**
 * Tells whether only dead processes that nobody has collected are left of the group: in a container whose first
 * process does not, they stay for good. Where there is no /proc the answer is no, and the grace is waited for.
 */
function onlyDead() {
  try {
    return readdirSync('/proc').every((name) => !/^\d+$/.test(name) || !livesInGroup(name))
  } catch {
    return false
  }
}

function livesInGroup(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return Number(group) === program.pid && state !== 'Z'
  } catch {
    return false // it ended meanwhile
  }
}

function report(event) {
  try {
    writeSync(3, `${JSON.stringify(event)}\n`)
  } catch {
    // The worker is gone: there is nobody to tell.
  }
}
