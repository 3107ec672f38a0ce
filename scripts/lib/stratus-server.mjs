import { readFileSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import path from 'node:path'
import { binDir, program, root } from './paths.mjs'
import { waitFor } from './programs.mjs'

const built = { file: process.execPath, args: [program], cwd: root }

/**
 * Starts `stratus dev` on a folder with dbt on its PATH, and gives what its ready file says. `installed`: which Stratus;
 * the one that was built here unless given.
 */
export async function startStratus(programs, { project, dataDir, port, logFile, installed = built }) {
  const readyFile = path.join(dataDir, '..', 'ready.json')
  rmSync(readyFile, { force: true })
  const server = programs.start(
    'Stratus',
    installed.file,
    [...installed.args, 'dev', project, '--port', String(port), '--data-dir', dataDir, '--ready-file', readyFile],
    {
      cwd: installed.cwd,
      logFile,
      env: { ...process.env, PATH: `${binDir('dbt')}${path.delimiter}${process.env.PATH}` },
    },
  )
  const ready = await waitFor(server, () => readReadyFile(readyFile), 60_000)
  return { ...ready, readyFile }
}

/** Reads something from Stratus's API: the envelope's data, or the whole of a file. */
export async function readStratus(ready, route) {
  return await askStratus(ready, 'GET', route)
}

/** Sends something to Stratus's API and gives the envelope's data. */
export async function postStratus(ready, route, body) {
  return await askStratus(ready, 'POST', route, JSON.stringify(body))
}

async function askStratus(ready, method, route, body) {
  const options = { method, ca: readFileSync(ready.ca_file), headers: { Authorization: `Token ${ready.token}` } }
  const answer = await askForJson(`${ready.url}/api/v2/accounts/${ready.account_id}/${route}`, options, body)
  return answer.status?.code ? answer.data : answer
}

function readReadyFile(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    // Not there yet.
    return undefined
  }
}

function askForJson(url, options, body) {
  return new Promise((resolve, reject) => {
    const asking = request(url, { ...options, timeout: 30_000 }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('error', reject)
      response.on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(text))
        else reject(new Error(`${options.method} ${url}: ${response.statusCode} ${text.slice(0, 300)}`))
      })
    })
    asking.on('timeout', () => asking.destroy(new Error(`${options.method} ${url}: no answer within 30 s`)))
    asking.on('error', reject)
    asking.end(body)
  })
}
