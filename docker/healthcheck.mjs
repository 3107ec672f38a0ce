// The health checks of the image: `live` asks whether this container's server is up, `ready` whether it can serve, `worker`
// whether the database can be reached.
import { readFileSync } from 'node:fs'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { connect } from 'node:net'

const timeout = 4000
const checks = {
  live: () => askServer('/health/live'),
  ready: () => askServer('/health/ready'),
  worker: reachDatabase,
}

try {
  const check = checks[process.argv[2]]
  if (!check) throw new Error(`expected one of ${Object.keys(checks).join(', ')}`)
  await check()
} catch (error) {
  console.error(`unhealthy: ${error.message}`)
  process.exitCode = 1
}

/** Nothing is sent and nothing believed: an answer, whoever signed it, is what shows that the server is alive. */
function askServer(path) {
  const request = process.env.STRATUS_TRUST_PROXY ? requestHttp : requestHttps
  const port = process.env.STRATUS_PORT || 8443
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, timeout, rejectUnauthorized: false })
    asked.on('response', (response) => {
      response.resume()
      // Behind a proxy this container's own address may be refused: that is an answer, too.
      const isRefused = process.env.STRATUS_TRUST_PROXY && response.statusCode < 500
      if (response.statusCode === 200 || isRefused) resolve()
      else reject(new Error(`${path} answered ${response.statusCode}`))
    })
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${timeout / 1000} s`)))
    asked.on('error', reject)
    asked.end()
  })
}

function reachDatabase() {
  const { DATABASE_URL, DATABASE_URL_FILE } = process.env
  const { hostname, port } = new URL(DATABASE_URL || readFileSync(DATABASE_URL_FILE, 'utf8').trim())
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port || 5432), timeout })
    socket.on('connect', () => {
      socket.destroy()
      resolve()
    })
    socket.on('timeout', () => socket.destroy(new Error(`${hostname} did not answer within ${timeout / 1000} s`)))
    socket.on('error', reject)
  })
}
