import { existsSync } from 'node:fs'
import path from 'node:path'

/** The prepared embedded database that the build leaves beside the program. */
export function templateFile(installDir: string): { template?: string } {
  const template = path.join(installDir, 'embedded-template.tar.gz')
  return existsSync(template) ? { template } : {}
}
