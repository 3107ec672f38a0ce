import { createHash } from 'node:crypto'
import { mkdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod'
import { writeFileAtomically } from '../../util/write-file-atomically.ts'
import { readYaml } from './yaml-file.ts'

const names = ['packages.yml', 'dependencies.yml', 'package-lock.yml']
const declared = z.looseObject({ packages: z.array(z.unknown()).nullish(), projects: z.array(z.unknown()).nullish() })

/** Whether the project declares packages, or declares something that only dbt can judge. */
export async function declaresPackages(projectDir: string): Promise<boolean> {
  const files = await Promise.all(
    ['packages.yml', 'dependencies.yml'].map((name) => readYaml(path.join(projectDir, name))),
  )
  return files.some((file) => {
    if (file === undefined) return false
    if (file.doubt !== undefined) return true
    const parsed = declared.safeParse(file.content ?? {})
    return !parsed.success || (parsed.data.packages?.length ?? 0) > 0
  })
}

/** Remembers outside the user's folder for which package files `dbt deps` last succeeded there. */
export async function packagesAreInstalled(
  dataDir: string,
  projectDir: string,
  packagesFolder: string,
): Promise<boolean> {
  const installed = (await stat(packagesFolder).catch(() => undefined))?.isDirectory() === true // deleted by `dbt clean`
  if (!installed) return false
  const marker = await readFile(markerFile(dataDir, projectDir), 'utf8').catch(() => undefined) // never installed by us
  return marker !== undefined && marker === (await hashOfPackageFiles(projectDir))
}

export async function rememberPackages(dataDir: string, projectDir: string): Promise<void> {
  const file = markerFile(dataDir, projectDir)
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  await writeFileAtomically(file, await hashOfPackageFiles(projectDir), 0o600)
}

async function hashOfPackageFiles(projectDir: string): Promise<string> {
  const hash = createHash('sha256')
  for (const name of names) {
    const content = await readFile(path.join(projectDir, name)).catch(() => undefined) // not all need to be there
    hash.update(`${name} ${content?.length ?? 'absent'}\n`).update(content ?? '')
  }
  return hash.digest('hex')
}

function markerFile(dataDir: string, projectDir: string): string {
  return path.join(dataDir, 'cache', 'packages', createHash('sha256').update(projectDir).digest('hex').slice(0, 24))
}
