import { type DetailKind, detailsOfAdapter, detailsOfAny, isHarmlessDetail, knownAdapters } from './adapter-details.ts'
import { isSecretDetail } from './secrets/secret-names.ts'

const all = knownAdapters.flatMap((adapter) =>
  [...(detailsOfAdapter(adapter) ?? [])].map(([key, kind]): [string, string, DetailKind] => [adapter, key, kind]),
)

test('secrets of adapters are those that are kept encrypted by their names', () => {
  // A file of a key may be hidden, too.
  const wrong = all.filter(([, key, kind]) => kind !== 'file' && isSecretDetail(key) !== (kind === 'secret'))
  expect(wrong).toEqual([])
})

test('a key of any adapter has the strictest meaning that it has in one', () => {
  expect(['driver', 'auth', 'schema', 'token', 'browser'].map((key) => detailsOfAny.get(key))).toEqual([
    'file',
    'target',
    'plain',
    'secret',
    'code',
  ])
})

test('of an adapter that is not known only what every adapter has is harmless', () => {
  expect([isHarmlessDetail('exasol', 'schema'), isHarmlessDetail('exasol', 'query_tag')]).toEqual([true, false])
  expect([isHarmlessDetail('snowflake', 'query_tag'), isHarmlessDetail('snowflake', 'account')]).toEqual([true, false])
})
