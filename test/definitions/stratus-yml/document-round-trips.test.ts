import fc from 'fast-check'
import type { Database } from '../../../src/db/database.ts'
import { exportDocument } from '../../../src/definitions/stratus-yml/export/export-document.ts'
import { writeDocument } from '../../../src/definitions/stratus-yml/export/write-document.ts'
import { inlineSimulations } from '../../../src/definitions/stratus-yml/read/inline-simulations.ts'
import { parseDocumentText } from '../../../src/definitions/stratus-yml/read/read-document.ts'
import { InvalidRequestError } from '../../../src/domain/errors.ts'
import { createTestDatabase } from '../../support/database/test-database.ts'
import { applyTo, emptyAccount, secretBox, shop } from '../../support/documents/apply.ts'
import { generatedDocument } from '../../support/documents/generated-document.ts'
import { normalDocument } from '../../support/documents/normal-document.ts'

// Whatever `apply` accepts is exported as what it was, and the export changes nothing here and makes the same elsewhere.

let database: Database
let apply: ReturnType<typeof applyTo>
beforeAll(async () => {
  database = await createTestDatabase()
  apply = applyTo(database)
})
afterAll(() => database.close())

const exported = () => exportDocument({ db: database.db, secretBox }, 1)

async function changesBy(document: unknown) {
  const { entries } = await apply(document, { dryRun: true, prune: true })
  return entries.filter(({ action }) => action !== 'unchanged')
}

/** Found by the generator before: they stay as documents that are always tried. */
const found: [unknown][] = [
  [{ projects: [{ name: 'Shop', path: '/srv/shop/' }] }],
  [{ projects: [{ name: 'Tea', git: { url: '/srv/../tea/' } }] }],
  [shop({ connection: { type: 'postgres', host: 'db', user: 'ada' }, credentials: { user: 'bob', password: 'hush' } })],
]

/** False for a document that is refused. */
async function isAccepted(document: unknown): Promise<boolean> {
  try {
    await apply(document)
    return true
  } catch (error) {
    if (error instanceof InvalidRequestError) return false
    throw error
  }
}

test('a document that is applied is exported, read and applied again without a change', async () => {
  await fc.assert(
    fc.asyncProperty(generatedDocument, async (document) => {
      await emptyAccount(database)
      fc.pre(await isAccepted(document))
      expect(await changesBy(document)).toEqual([])

      const first = await exported()
      expect(normalDocument(first.document)).toEqual(normalDocument(document))
      expect(await changesBy(first.document)).toEqual([])

      const file = parseDocumentText(writeDocument(first), '/srv/stratus.yml', { environment: {}, home: '/home/ada' })
      const read = await inlineSimulations(file.document, '/srv')
      expect(read).toEqual(first.document)
      expect(await changesBy(read)).toEqual([])

      await emptyAccount(database)
      await apply(read)
      expect((await exported()).document).toEqual(first.document)
    }),
    // So many documents are accepted; a generator that makes too few of them fails the test.
    { numRuns: 25, maxSkipsPerRun: 4, examples: found },
  )
})

test.each(['from_env', '__proto__'])('the name %s, which would be lost on the way, is refused', async (key) => {
  await emptyAccount(database)
  const values: unknown = JSON.parse(`{ "${key}": "x" }`)
  const connection: unknown = JSON.parse(`{ "type": "postgres", "${key}": "x" }`)
  const environment = { connection, credentials: values, environment_variables: values }
  const at = 'projects[0].environments[0]'
  await expect(apply(shop(environment, { environment_variables: values }))).rejects.toMatchObject({
    fields: {
      [`projects[0].environment_variables.${key}`]: `got the name "${key}", expected another`,
      [`${at}.connection.${key}`]: `got the name "${key}", expected another`,
      [`${at}.credentials.${key}`]: `got the name "${key}", expected another`,
      [`${at}.environment_variables.${key}`]: `got the name "${key}", expected another`,
    },
  })
})
