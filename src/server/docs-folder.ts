import { existsSync } from 'node:fs'
import path from 'node:path'

/** The pages of `/api/docs`, which the build leaves beside the program. */
export function docsFolder(): { docsFolder?: string } {
  const candidates = ['docs', '../docs'].map((name) => path.join(import.meta.dirname, name))
  const folder = candidates.find((candidate) => existsSync(path.join(candidate, 'swagger-ui.css')))
  return folder === undefined ? {} : { docsFolder: folder }
}
