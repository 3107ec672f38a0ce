import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { DamagedContentError, StoreUnavailableError } from '../../domain/store-errors.ts'
import type { StoredFile } from '../format/read-stored.ts'
import { maxTrailerBytes } from '../format/trailer.ts'
import type { S3Bucket } from './s3-bucket.ts'
import { inWordsOfStore, isMissing } from './s3-errors.ts'

/** A stored file in the bucket; undefined when there is none. Most are so small that their tail is all of them. */
export async function openObject(bucket: S3Bucket, objectKey: string): Promise<StoredFile | undefined> {
  const read = (range: string) => readRange(bucket, objectKey, `bytes=${range}`)
  const explain = (error: unknown) => inWordsOfStore(error, 'S3')
  try {
    const { body, bytes } = await read(`-${maxTrailerBytes}`)
    const tail = await buffer(body).catch((error: unknown) => {
      throw explain(error)
    })
    return { bytes, tail, open: async (start, end) => (await read(`${start}-${end - 1}`)).body, explain }
  } catch (error) {
    if (error instanceof StoreUnavailableError && isMissing(error.cause)) return undefined
    throw error
  }
}

async function readRange(
  { name, send }: S3Bucket,
  objectKey: string,
  range: string,
): Promise<{ body: Readable; bytes: number }> {
  const input = { Bucket: name, Key: objectKey, Range: range }
  const object = await send((s3, client, options) => client.send(new s3.GetObjectCommand(input), options))
  const [, bytes] = /\/(\d+)$/.exec(object.ContentRange ?? '') ?? []
  if (!(object.Body instanceof Readable)) throw new DamagedContentError('It has no content')
  if (bytes === undefined) {
    object.Body.destroy()
    throw new StoreUnavailableError('the server gives no parts of objects')
  }
  return { body: object.Body, bytes: Number(bytes) }
}
