import { spawn } from 'node:child_process'
import { PlainError } from './plain-error.mjs'
import { startProgress } from './progress.mjs'

const networkTrouble =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|name resolution|failed to lookup address|dns error|Network is unreachable|NewConnectionError|ConnectTimeout|Connection refused|client error \(Connect\)|operation timed out/i

/** Runs a program to its end and gives its exit code and output; a program that does not exist gives code 127. */
export function capture(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    let output = ''
    const collect = (chunk) => {
      output += chunk
      if (options.onOutput) options.onOutput(String(chunk))
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    const stop = () => child.kill()
    process.once('exit', stop)
    const end = (result) => {
      process.removeListener('exit', stop)
      resolve(result)
    }
    child.on('error', (error) => end({ code: 127, output: error.message }))
    child.on('close', (code) => end({ code: code ?? 1, output }))
  })
}

/** Runs a program with our own output to its end and gives its exit code. */
export function passThrough(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options })
    const stop = () => child.kill()
    process.once('exit', stop)
    child.on('error', reject)
    child.on('close', (code) => {
      process.removeListener('exit', stop)
      resolve(code ?? 1)
    })
  })
}

/** Gives the output of a program that must end well. */
export async function outputOf(command, args, options) {
  const { code, output } = await capture(command, args, options)
  if (code !== 0) throw new PlainError(`${[command, ...args].join(' ')} ended with exit code ${code}.\n${output}`)
  return output.trim()
}

/** Runs a program that must end well, with our own output. */
export async function runVisibly(command, args, options) {
  const code = await passThrough(command, args, options)
  if (code !== 0) throw new PlainError(`${[command, ...args].join(' ')} ended with exit code ${code}.`)
}

/** Runs one step of an installation under a progress display, and throws a plain error when it fails. */
export async function runWithProgress(title, command, args, options = {}) {
  const progress = startProgress(title)
  const onOutput = (chunk) => progress.detail(lastLine(chunk))
  const { code, output } = await capture(command, args, { ...options, onOutput })
  if (code === 0) {
    progress.done()
    return
  }
  progress.fail()
  if (networkTrouble.test(output)) {
    throw new PlainError(`${title}: no network. The packages could not be downloaded; connect and start again.`)
  }
  const tail = output.trim().split('\n').slice(-40).join('\n')
  throw new PlainError(`${title}: ${command} ended with exit code ${code}.\n${tail}`)
}

function lastLine(chunk) {
  const lines = chunk.split('\n').map((line) => line.trim())
  return lines.filter((line) => line !== '' && !/^npm warn/i.test(line)).pop() ?? ''
}
