import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { Transform } from 'node:stream'

/** A server of S3 may do this to those who ask it. */
type Fault =
  | { readonly kind: 'refusal'; readonly status: number; readonly code: string }
  /** Takes requests and says nothing. */
  | { readonly kind: 'silence' }
  /** Stores what is put under keys that have this in them, and does not say so. */
  | { readonly kind: 'no answer'; readonly to: string }
  /** One byte of what is read is another than was stored: this one of the object, from its start. */
  | { readonly kind: 'damage'; readonly at: number }
  /** The connection is cut when so many bytes of the object were read. */
  | { readonly kind: 'cut'; readonly at: number }

/** Stands before a server of S3, and passes on what no fault is told of. */
export interface S3Proxy {
  readonly url: string
  /** Counts the requests whose answers were kept back. */
  readonly unanswered: () => number
  break(fault: Fault): void
  mend(): void
  close(): Promise<void>
}

export async function startS3Proxy(target: string): Promise<S3Proxy> {
  let fault: Fault | undefined
  let unanswered = 0
  const proxy = createServer((incoming, response) => {
    if (fault?.kind === 'silence') return void incoming.resume()
    if (fault?.kind === 'refusal') return void refuse(incoming, response, fault)
    passOn(target, incoming, response, fault, () => unanswered++)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const address = proxy.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    unanswered: () => unanswered,
    break(next) {
      fault = next
    },
    mend() {
      fault = undefined
    },
    async close() {
      const closed = once(proxy, 'close')
      proxy.close()
      proxy.closeAllConnections()
      await closed
    },
  }
}

function refuse(incoming: IncomingMessage, response: ServerResponse, fault: { status: number; code: string }): void {
  incoming.resume()
  response.writeHead(fault.status, { 'Content-Type': 'application/xml' })
  response.end(`<Error><Code>${fault.code}</Code><Message>of arn:aws:iam::123456789012:user/stratus</Message></Error>`)
}

function passOn(
  target: string,
  incoming: IncomingMessage,
  response: ServerResponse,
  fault: Fault | undefined,
  keepBack: () => unknown,
): void {
  const { hostname, port } = new URL(target)
  const { method, url: path, headers } = incoming
  const outgoing = request({ hostname, port, method, path, headers }, (answer) => {
    if (fault?.kind === 'no answer' && method === 'PUT' && path?.includes(fault.to)) {
      answer.resume().once('end', keepBack)
      return
    }
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    const [, from = '0'] = /^bytes (\d+)-/.exec(answer.headers['content-range'] ?? '') ?? []
    if (method !== 'GET' || (fault?.kind !== 'damage' && fault?.kind !== 'cut')) return void answer.pipe(response)
    answer.pipe(breaking(fault, Number(from), response)).pipe(response)
  })
  outgoing.on('error', () => response.destroy())
  incoming.pipe(outgoing)
}

function breaking(
  { kind, at }: { readonly kind: 'damage' | 'cut'; readonly at: number },
  from: number,
  response: ServerResponse,
): Transform {
  let position = from
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const place = at - position
      position += chunk.length
      if (place < 0 || place >= chunk.length) return done(null, chunk)
      if (kind === 'damage') {
        chunk[place] = (chunk[place] ?? 0) ^ 0xff
        return done(null, chunk)
      }
      response.write(chunk.subarray(0, place), () => response.destroy())
    },
  })
}
