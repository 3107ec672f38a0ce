// Asks one server for one thing from many connections at once, in a process of its own: started by http.mjs, which sends
// what to do as a message, so that no token is among the arguments. It writes prepared bytes and looks for the end of
// each answer, nothing else; parsing would cost it more than the server spends on answering.
import net from 'node:net'
import tls from 'node:tls'

process.once('message', async (task) => {
  const cpuBefore = process.cpuUsage()
  const result = await load(task)
  const { user, system } = process.cpuUsage(cpuBefore)
  process.send({ ...result, cpuSeconds: (user + system) / 1e6 }, () => process.disconnect())
})

/** Keeps `connections` requests under way until the time is over; with `fresh`, each on a connection of its own. */
async function load({ url, ca, request, connections, seconds, fresh = false }) {
  const { protocol, hostname, port } = new URL(url)
  const target = { host: hostname, port: Number(port), servername: hostname, ca }
  // Read once: else each new connection would parse the authority again.
  if (protocol === 'https:') target.secureContext = tls.createSecureContext({ ca })
  const open = () => (protocol === 'https:' ? tls.connect(target) : net.connect(target))
  const bytes = Buffer.from(request)
  const latencies = []
  const began = performance.now()
  const end = began + seconds * 1000
  const ask = async () => {
    let connection = fresh ? undefined : connect(open)
    while (performance.now() < end) {
      const sent = performance.now()
      if (fresh) connection = connect(open)
      await connection.ask(bytes)
      if (fresh) connection.close()
      latencies.push(performance.now() - sent)
    }
    if (!fresh) connection.close()
  }
  await Promise.all(Array.from({ length: connections }, ask))
  const elapsed = (performance.now() - began) / 1000
  latencies.sort((a, b) => a - b)
  const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))]
  return { count: latencies.length, perSecond: latencies.length / elapsed, p50: at(0.5), p99: at(0.99) }
}

/** One connection that asks one thing at a time. An answer that is not 200 ends the measurement. */
function connect(open) {
  const socket = open()
  socket.setNoDelay(true)
  let received = ''
  let settle
  socket.on('data', (chunk) => {
    received += chunk.latin1Slice()
    if (!isWhole(received)) return
    const answer = received
    received = ''
    if (answer.startsWith('HTTP/1.1 200')) settle.resolve()
    else settle.reject(new Error(`unexpected answer: ${answer.slice(0, 500)}`))
  })
  socket.on('error', (error) => settle.reject(error))
  socket.on('close', () => settle.reject(new Error('the connection was closed')))
  return {
    ask(bytes) {
      return new Promise((resolve, reject) => {
        settle = { resolve, reject }
        socket.write(bytes)
      })
    },
    close: () => socket.destroy(),
  }
}

function isWhole(text) {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd === -1) return false
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1]
  return length === undefined ? text.endsWith('\r\n0\r\n\r\n') : text.length >= headEnd + 4 + Number(length)
}
