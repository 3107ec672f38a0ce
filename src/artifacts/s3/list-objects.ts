import type { ListObjectsV2CommandOutput } from '@aws-sdk/client-s3'
import type { ListedFile } from '../artifact-store.ts'
import type { S3Bucket } from './s3-bucket.ts'

/** Objects end in this, because they are gzip files. */
export const suffix = '.gz'

interface Place {
  /** The store puts it before each key. */
  readonly root: string
  readonly prefix: string
  readonly after: string
}

export async function* listObjects(bucket: S3Bucket, place: Place): AsyncGenerator<ListedFile> {
  for await (const { Contents = [] } of pages(bucket, place, {})) {
    for (const { Key = '', Size = 0, LastModified = new Date(0) } of Contents) {
      const key = keyOf(Key, place.root)
      if (key.endsWith(suffix)) yield { key: key.slice(0, -suffix.length), storedBytes: Size, storedAt: LastModified }
    }
  }
}

export async function* listObjectFolders(bucket: S3Bucket, place: Place): AsyncGenerator<string> {
  for await (const { CommonPrefixes = [] } of pages(bucket, place, { Delimiter: '/' })) {
    for (const { Prefix = '' } of CommonPrefixes) {
      const folder = keyOf(Prefix, place.root)
      // S3 goes on within the folder that it is told.
      if (folder !== place.after) yield folder
    }
  }
}

async function* pages(
  { name, send }: S3Bucket,
  { root, prefix, after }: Place,
  more: { readonly Delimiter?: string },
): AsyncGenerator<ListObjectsV2CommandOutput> {
  const isFolder = after === '' || after.endsWith('/')
  const input = {
    Bucket: name,
    Prefix: root + prefix,
    // XML has no room for some characters that a name may have.
    EncodingType: 'url',
    ...(after !== '' && { StartAfter: `${root}${after}${isFolder ? '' : suffix}` }),
    ...more,
  } as const
  for (let token: string | undefined, isFirst = true; isFirst || token !== undefined; isFirst = false) {
    const from = token === undefined ? {} : { ContinuationToken: token }
    const page = await send((s3, client, options) =>
      client.send(new s3.ListObjectsV2Command({ ...input, ...from }), options),
    )
    yield page
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined
  }
}

function keyOf(encoded: string, root: string): string {
  return decodeURIComponent(encoded.replaceAll('+', ' ')).slice(root.length)
}
