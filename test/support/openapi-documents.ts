import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import * as z from 'zod'

const folder = path.resolve(import.meta.dirname, '../../openapi')
const methods = ['get', 'post', 'put', 'patch', 'delete'] as const

const operationSchema = z.looseObject({
  operationId: z.string(),
  description: z.string(),
  responses: z.record(z.string(), z.unknown()),
})
const documentSchema = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })

export interface DescribedOperation {
  readonly file: string
  readonly path: string
  readonly method: string
  readonly operationId: string
  readonly responses: Readonly<Record<string, unknown>>
}

/** The files of `openapi/` by name. */
export function readOpenapiDocuments(): Map<string, z.output<typeof documentSchema>> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
  return new Map(
    files.map((name) => [
      name,
      documentSchema.parse(parse(readFileSync(path.join(folder, name), 'utf8'), { merge: true, maxAliasCount: -1 })),
    ]),
  )
}

export function describedOperations(): DescribedOperation[] {
  return [...readOpenapiDocuments()].flatMap(([file, document]) =>
    Object.entries(document.paths).flatMap(([pathName, item]) =>
      methods.flatMap((method) => {
        if (item[method] === undefined) return []
        const { operationId, responses } = operationSchema.parse(item[method])
        return [{ file, path: pathName, method, operationId, responses }]
      }),
    ),
  )
}
