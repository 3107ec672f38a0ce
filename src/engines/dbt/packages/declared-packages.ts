import path from 'node:path'
import * as z from 'zod'
import { field, isMapping } from '../../../util/objects/mapping.ts'
import { renderEnvVars } from '../profiles/read/render-env-vars.ts'
import { readYaml, type YamlFile } from '../profiles/read/yaml-file.ts'

export type PackageSpec = Readonly<Record<string, unknown>>

/** Both lists hold the same packages in the same order. */
export interface PackageList {
  readonly rendered: readonly PackageSpec[]
  readonly written: readonly PackageSpec[]
}

export interface PackageLock extends PackageList {
  /** dbt's hash of the packages that were declared when it was written. */
  readonly hash: unknown
}

type Variables = Readonly<Record<string, string>>

const mayDeclare = z.looseObject({ packages: z.array(z.unknown()).nullish(), projects: z.array(z.unknown()).nullish() })

/** It is true when the project declares packages, or declares something that only dbt can judge. */
export async function declaresPackages(projectDir: string, checkout: string | undefined): Promise<boolean> {
  const files = await readDeclarations(projectDir, checkout)
  return files.some((file) => {
    if (file === undefined) return false
    if (file.doubt !== undefined) return true
    const parsed = mayDeclare.safeParse(file.content ?? {})
    return !parsed.success || (parsed.data.packages?.length ?? 0) > 0
  })
}

/** The packages that a project or a package asks for with these variables; undefined where only dbt can tell. */
export async function declaredPackages(
  folder: string,
  variables: Variables,
  checkout: string | undefined,
): Promise<PackageList | undefined> {
  const [packages, dependencies] = await readDeclarations(folder, checkout)
  if (packages?.doubt !== undefined || dependencies?.doubt !== undefined) return undefined
  const content = packages?.content ?? {}
  if (!isMapping(content) || Object.keys(content).some((key) => key !== 'packages')) return undefined
  const other = field(dependencies?.content, 'packages')
  if (other === undefined) return listOf(content.packages ?? [], variables)
  // dbt refuses packages in both files, and renders nothing in this one.
  return content.packages === undefined ? listOf(other, undefined) : undefined
}

/** It is undefined where there is no lock, or only dbt can tell what it says. */
export async function lockedPackages(
  projectDir: string,
  variables: Variables,
  checkout: string | undefined,
): Promise<PackageLock | undefined> {
  const yaml = await readLock(projectDir, checkout)
  if (yaml === undefined || yaml.doubt !== undefined) return undefined
  const list = listOf(field(yaml.content, 'packages'), variables)
  return list && { ...list, hash: field(yaml.content, 'sha1_hash') }
}

export async function hasLock(projectDir: string, checkout: string | undefined): Promise<boolean> {
  return (await readLock(projectDir, checkout)) !== undefined
}

function readLock(projectDir: string, checkout: string | undefined): Promise<YamlFile | undefined> {
  return readYaml(path.join(projectDir, 'package-lock.yml'), checkout)
}

function readDeclarations(folder: string, checkout: string | undefined): Promise<(YamlFile | undefined)[]> {
  return Promise.all(['packages.yml', 'dependencies.yml'].map((name) => readYaml(path.join(folder, name), checkout)))
}

function listOf(written: unknown, variables: Variables | undefined): PackageList | undefined {
  const rendered = variables === undefined ? written : renderAll(written, variables)
  return areSpecs(written) && areSpecs(rendered) ? { rendered, written } : undefined
}

function areSpecs(value: unknown): value is PackageSpec[] {
  return Array.isArray(value) && value.every(isMapping)
}

/** It is undefined if any text in it is more than Stratus can render. */
function renderAll(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return renderEnvVars(value, variables)
  if (Array.isArray(value)) {
    const all = value.map((one) => renderAll(one, variables))
    return all.includes(undefined) ? undefined : all
  }
  if (!isMapping(value)) return value
  const entries = Object.entries(value).map(([key, one]) => [key, renderAll(one, variables)] as const)
  return entries.some(([, one]) => one === undefined) ? undefined : Object.fromEntries(entries)
}
