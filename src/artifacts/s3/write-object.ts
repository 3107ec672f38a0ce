import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import type { S3Place } from '../../domain/s3-place.ts'
import { UnstorableFileError } from '../../domain/store-errors.ts'
import type { Content } from '../../util/content.ts'
import { openUnnamedFile } from '../../util/files/open-unnamed-file.ts'
import type { StoredAs } from '../artifact-store.ts'
import { inStoreWords } from '../disk/disk-errors.ts'
import { Compression } from '../format/compress.ts'
import type { S3Bucket } from './s3-bucket.ts'

/** S3 takes no more at once, and none has so many bytes left when they are compressed. */
const maxBytes = 5 * 2 ** 30

interface Upload {
  readonly objectKey: string
  readonly options: S3Place
  readonly signal?: AbortSignal | undefined
}

/** Uploads a content whole, by one request whose checksum S3 compares. A content that is read waits on the disk first. */
export async function writeObject(bucket: S3Bucket, content: Content, upload: Upload): Promise<StoredAs> {
  const compression = new Compression()
  if (typeof content !== 'function') {
    const bytes = await compression.whole(Buffer.isBuffer(content) ? content : Buffer.from(content))
    const sha256 = createHash('sha256').update(bytes).digest('base64')
    await putObject(bucket, upload, { open: () => bytes, bytes: bytes.length, sha256 })
    return compression.storedAs
  }
  const file = await inStoreWords(openUnnamedFile(upload.options.spoolFolder))
  try {
    for await (const piece of compression.pieces(content())) {
      upload.signal?.throwIfAborted()
      await inStoreWords(file.appendFile(piece))
    }
    const { size } = await inStoreWords(file.stat())
    if (size > maxBytes) throw new UnstorableFileError('it has more than 5 GiB even when it is compressed')
    const sha256 = await inStoreWords(hashOf(file))
    await putObject(bucket, upload, { open: () => readFrom(file), bytes: size, sha256 })
    return compression.storedAs
  } finally {
    await file.close()
  }
}

interface Body {
  open(): Buffer | ReturnType<typeof readFrom>
  readonly bytes: number
  readonly sha256: string
}

async function putObject(
  { name, send }: S3Bucket,
  { objectKey, options: { encryption }, signal }: Upload,
  { open, bytes, sha256 }: Body,
): Promise<void> {
  const input = {
    Bucket: name,
    Key: objectKey,
    Body: open(),
    ContentLength: bytes,
    ContentType: 'application/gzip',
    ChecksumSHA256: sha256,
    ...(encryption && { ServerSideEncryption: encryption.method }),
    ...(encryption?.kmsKeyId !== undefined && { SSEKMSKeyId: encryption.kmsKeyId }),
  }
  await send((s3, client, how) => client.send(new s3.PutObjectCommand(input), how), { signal, bytes })
}

function readFrom(file: FileHandle) {
  return file.createReadStream({ start: 0, autoClose: false })
}

async function hashOf(file: FileHandle): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of readFrom(file)) hash.update(chunk)
  return hash.digest('base64')
}
