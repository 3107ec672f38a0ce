import https from 'node:https'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import axios, { type AxiosInstance, type ResponseType } from 'axios'
import pRetry from 'p-retry'
import * as z from 'zod'
import { errorCode } from '../util/error-code.ts'
import { ApiError, explainRefusal, explainUnreachable } from './api-error.ts'
import type { ServerAddress } from './find-server.ts'

const envelope = z.object({ data: z.unknown() })

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | number>>
  readonly body?: unknown
  readonly signal?: AbortSignal
}

/** Talks to one server as one token. Every answer is checked against what the caller expects of it. */
export class ApiClient implements Disposable {
  readonly url: string
  readonly #http: AxiosInstance
  readonly #agent: https.Agent
  #accountId: number | undefined

  constructor(server: ServerAddress) {
    this.url = server.url
    this.#accountId = server.accountId
    this.#agent = new https.Agent({ keepAlive: true, ...(server.ca && { ca: [...server.ca] }) })
    this.#http = axios.create({
      baseURL: server.url,
      httpsAgent: this.#agent,
      timeout: 60_000,
      maxRedirects: 0,
      headers: { Authorization: `Token ${server.token}`, 'User-Agent': 'stratus' },
      validateStatus: () => true,
      // A proxy for the outside world is no way to this machine.
      ...(isLoopback(server.url) && { proxy: false as const }),
    })
  }

  /** Such a request is safe to repeat: it is tried again while the server is away for a moment. */
  get<T>(path: string, data: z.ZodType<T>, options: RequestOptions = {}): Promise<T> {
    return pRetry(() => this.#request('GET', path, data, options), {
      retries: 4,
      minTimeout: 200,
      shouldRetry: ({ error }) => error instanceof ApiError && error.isPassing,
      ...(options.signal && { signal: options.signal }),
    })
  }

  post<T>(path: string, data: z.ZodType<T>, options: RequestOptions = {}): Promise<T> {
    return this.#request('POST', path, data, options)
  }

  delete<T>(path: string, data: z.ZodType<T>, options: RequestOptions = {}): Promise<T> {
    return this.#request('DELETE', path, data, options)
  }

  /** A file, as it comes. */
  async download(path: string, options: RequestOptions = {}): Promise<Readable> {
    const { status, body } = await this.#send('GET', path, options, 'stream')
    if (!(body instanceof Readable)) throw new ApiError(`The server ${this.url} answered without a file.`, { status })
    if (status < 200 || status >= 300) throw refused(status, await readRefusal(body))
    return body
  }

  /** Says where all of the account is, without a slash at its end. */
  async accountPath(): Promise<string> {
    return `/api/v2/accounts/${await this.accountId()}`
  }

  /** The account that the token belongs to. */
  async accountId(): Promise<number> {
    if (this.#accountId === undefined) {
      const [account] = await this.get('/api/v2/accounts/', z.array(z.object({ id: z.number() })))
      if (account === undefined) throw new ApiError(`The token sees no account on ${this.url}.`)
      this.#accountId = account.id
    }
    return this.#accountId
  }

  async #request<T>(method: string, path: string, data: z.ZodType<T>, options: RequestOptions): Promise<T> {
    const { status, body } = await this.#send(method, path, options)
    if (status < 200 || status >= 300) throw refused(status, body)
    const parsed = envelope.pipe(z.object({ data })).safeParse(body)
    if (parsed.success) return parsed.data.data
    throw new ApiError(`The server ${this.url} answered ${method} ${path} in a form that this Stratus does not know.`, {
      status,
    })
  }

  async #send(
    method: string,
    path: string,
    options: RequestOptions,
    responseType: ResponseType = 'json',
  ): Promise<{ status: number; body: unknown }> {
    const { query: params, body: data, signal } = options
    try {
      const response = await this.#http.request<unknown>({
        method,
        url: path,
        responseType,
        ...(params && { params }),
        ...(data !== undefined && { data }),
        ...(signal && { signal }),
      })
      return { status: response.status, body: response.data }
    } catch (error) {
      signal?.throwIfAborted()
      // The error itself is not kept as a cause: it carries the request with its token.
      const code = errorCode(error)
      throw new ApiError(explainUnreachable(this.url, code), code === undefined ? {} : { code })
    }
  }

  [Symbol.dispose](): void {
    this.#agent.destroy()
  }
}

function refused(status: number, body: unknown): ApiError {
  const { message, fields } = explainRefusal(status, body)
  return new ApiError(message, { status, ...(fields && { fields }) })
}

async function readRefusal(body: Readable): Promise<unknown> {
  try {
    return JSON.parse(await text(body))
  } catch {
    return undefined // not in our form, or cut: its status is told
  }
}

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url)
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
}
