import { isSecretDetail, isSecretVariable, isTooShortToHide } from './secret-names.ts'

test("a variable is secret by dbt's own rule: by how its name begins", () => {
  const names = ['DBT_ENV_SECRET_A', 'DBT_ENV_SECRET', 'MY_DBT_ENV_SECRET', 'DBT_ENV_CUSTOM_ENV_B', 'dbt_env_secret_a']
  expect(names.filter(isSecretVariable)).toEqual(['DBT_ENV_SECRET_A', 'DBT_ENV_SECRET'])
})

test('a detail of a connection is secret by how its name ends', () => {
  const names = ['password', 'Private_Key', 'snowflake_token', 'user', 'keyfile_json', 'tokens', 'path']
  expect(names.filter(isSecretDetail)).toEqual(['password', 'Private_Key', 'snowflake_token', 'keyfile_json'])
})

test('blanks do not make a short secret a long one', () => {
  expect(['1', 'run', ' ab\n', 'four', '', '  '].filter(isTooShortToHide)).toEqual(['1', 'run', ' ab\n'])
})
