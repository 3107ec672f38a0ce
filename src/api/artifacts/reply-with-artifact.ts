import { NotFoundError } from '../../domain/errors.ts'
import { findArtifact } from '../../runs/artifact-queries.ts'
import type { ApiContext } from '../api-context.ts'
import { etagOfKey, file, type Reply } from '../http/replies/reply.ts'

/**
 * A file of a run. A client's path is only ever compared with the paths that are recorded, never opened; one that
 * steps out of the run's folder is refused all the same.
 */
export async function replyWithArtifact(
  ctx: ApiContext,
  { runId, path, step }: { runId: number; path: string; step: number | undefined },
): Promise<Reply> {
  const artifact = isInside(path) ? await findArtifact(ctx.db, runId, path, step) : undefined
  if (artifact === undefined) throw new NotFoundError(`Run ${runId} has no such artifact.`)
  return file({
    path: artifact.path,
    sizeBytes: artifact.size_bytes,
    etag: etagOfKey(artifact.store_key),
    open: async (range) => (await ctx.artifacts.get(artifact.store_key, range))?.content,
  })
}

function isInside(path: string): boolean {
  return (
    !path.includes('\\') && path.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..')
  )
}
