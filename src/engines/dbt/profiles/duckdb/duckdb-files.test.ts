import { duckdbFilesOf, relativeFile } from './duckdb-files.ts'

test.each([
  [{ type: 'postgres', path: 'a.duckdb' }, []],
  [{ type: 'duckdb' }, []],
  [{ type: 'duckdb', path: "{{ env_var('NAME') }}.duckdb" }, ['/nowhere/x.duckdb']],
  [{ type: 'duckdb', path: '~/a.duckdb' }, ['/nobody/a.duckdb']],
  [{ type: 'duckdb', path: 'md:my_db', attach: [{ path: 'b.duckdb' }] }, ['/nowhere/b.duckdb']],
  [
    {
      type: 'duckdb',
      path: 'a.duckdb',
      attach: [
        { path: 'b', read_only: true },
        { path: 'c', type: 'sqlite' },
      ],
    },
    ['/nowhere/a.duckdb'],
  ],
  // Whatever else an output holds does not hide the files that it names.
  [
    { type: 'duckdb', path: 'a.duckdb', attach: [{ path: 'b', read_only: "{{ 'no' }}" }, 'c', null] },
    ['/nowhere/a.duckdb', '/nowhere/b'],
  ],
])('%j writes to %j', async (output, files) => {
  expect(await duckdbFilesOf(output, '/nowhere', { HOME: '/nobody', NAME: 'x' })).toEqual(files)
})

test('a name that dbt would render once more is no relative file, which would be written into its profile', () => {
  expect(relativeFile("{{ env_var('NAME') }}", { NAME: 'a.duckdb' })).toBe('a.duckdb')
  expect(relativeFile("{{ env_var('NAME') }}", { NAME: "{{ env_var('DBT_' ~ 'ENV_SECRET_X') }}" })).toBeUndefined()
})
