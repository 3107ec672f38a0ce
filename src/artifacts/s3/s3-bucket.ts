import type { S3Client } from '@aws-sdk/client-s3'
import type { S3Place } from '../../domain/s3-place.ts'
import { inWordsOfStore } from './s3-errors.ts'
import type { sdk } from './sdk.ts'

type Sdk = typeof sdk

/** So long an answer may take to begin, and a connection to be made. The SDK tries thrice. */
export interface S3Patience {
  readonly answerMs: number
  readonly connectionMs: number
}

const usualPatience: S3Patience = { answerMs: 10_000, connectionMs: 5_000 }

/** An upload may be as slow as this. */
const bytesPerMs = 100

/** The SDK, which is loaded at its first use, and a client of the bucket. */
export interface S3Bucket {
  readonly name: string
  /** Sends what `command` makes of the SDK. Rejects with StoreErrors, and with the reason of an aborted signal. */
  send<T>(command: (s3: Sdk, client: S3Client, options: SendOptions) => Promise<T>, how?: SendHow): Promise<T>
}

interface SendHow {
  readonly signal?: AbortSignal | undefined
  /** The body of an upload has so many bytes. */
  readonly bytes?: number
}

interface SendOptions {
  readonly abortSignal?: AbortSignal
  readonly requestTimeout: number
}

export function createS3Bucket(options: S3Place, patience = usualPatience): S3Bucket {
  let connecting: Promise<{ s3: Sdk; client: S3Client }> | undefined
  const where = options.endpoint ?? 'S3'
  return {
    name: options.bucket,
    async send(command, { signal, bytes = 0 } = {}) {
      connecting ??= connect(options, patience)
      const { s3, client } = await connecting
      try {
        const requestTimeout = patience.answerMs + Math.ceil(bytes / bytesPerMs)
        return await command(s3, client, { requestTimeout, ...(signal && { abortSignal: signal }) })
      } catch (error) {
        signal?.throwIfAborted()
        throw inWordsOfStore(error, where)
      }
    },
  }
}

async function connect({ endpoint, pathStyle }: S3Place, patience: S3Patience): Promise<{ s3: Sdk; client: S3Client }> {
  const { sdk: s3 } = await import('./sdk.ts')
  const client = new s3.S3Client({
    ...(endpoint !== undefined && { endpoint }),
    forcePathStyle: pathStyle,
    requestHandler: {
      connectionTimeout: patience.connectionMs,
      requestTimeout: patience.answerMs,
      throwOnRequestTimeout: true,
      // Somebody who reads slowly is no fault of S3.
      socketTimeout: 0,
    },
    // Checksums of our own are sent, and servers that speak S3 do not all know the others.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  return { s3, client }
}
