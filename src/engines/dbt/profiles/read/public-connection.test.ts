import { publicConnection } from './public-connection.ts'

test('a connection is told without its secrets, with its variables filled in', () => {
  const output = {
    type: 'postgres',
    host: "{{ env_var('PGHOST_OF_SHOP') }}",
    port: 5432,
    user: 'me',
    password: 'secret',
    dbname: "{{ env_var('UNKNOWN') }}",
    account: "{{ env_var('DBT_ENV_SECRET_ACCOUNT') }}",
    schema: 'shop',
  }
  expect(
    publicConnection('shop', output, { PGHOST_OF_SHOP: 'db.example.com', DBT_ENV_SECRET_ACCOUNT: 'hush' }),
  ).toEqual({
    name: 'shop',
    type: 'postgres',
    details: { host: 'db.example.com', port: 5432, schema: 'shop' },
  })
})

test('an output without an adapter tells nothing', () => {
  expect(publicConnection('shop', { host: 'x' }, {})).toBeUndefined()
})
