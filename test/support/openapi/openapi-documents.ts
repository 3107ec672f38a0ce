import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import * as z from 'zod'

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

/** The files of `openapi/` by name, as the set-up of all tests has left them. */
export function readOpenapiDocuments(): Map<string, z.output<typeof documentSchema>> {
  const folder = process.env.STRATUS_TEST_OPENAPI
  if (folder === undefined) throw new Error('STRATUS_TEST_OPENAPI is not set: run the tests with "npm test".')
  return new Map(
    readdirSync(folder).map((file) => [
      path.basename(file, '.json'),
      documentSchema.parse(JSON.parse(readFileSync(path.join(folder, file), 'utf8'))),
    ]),
  )
}

export function describedOperations(documents = readOpenapiDocuments()): DescribedOperation[] {
  return [...documents].flatMap(([file, document]) =>
    Object.entries(document.paths).flatMap(([pathName, item]) =>
      methods.flatMap((method) => {
        if (item[method] === undefined) return []
        const { operationId, responses } = operationSchema.parse(item[method])
        return [{ file, path: pathName, method, operationId, responses }]
      }),
    ),
  )
}
