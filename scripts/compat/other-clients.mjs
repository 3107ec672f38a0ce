/** The clients other than Airflow, each with its files of test/compat. */
const clients = [
  {
    title: 'dbtc',
    package: 'dbtc',
    files: ['account', 'projects', 'runs', 'cli'].map((subject) => `clients/dbtc/test_dbtc_${subject}.py`),
    notes:
      'Give it a `service_token`: with `api_key` alone this version sends the token `None`, wherever it is pointed. Its command `jobs create` fails before it sends anything; its library does not. Following its README: `dbtCloudClient(host=…)` with `REQUESTS_CA_BUNDLE`, then `trigger_job`, `get_account` and `list_jobs` work; the `trigger_job_from_failure` of the README takes other arguments in this version.',
  },
  {
    title: 'dbt-jobs-as-code',
    package: 'dbt-jobs-as-code',
    files: ['clients/test_dbt_jobs_as_code.py'],
    notes: '`DBT_BASE_URL` points it here; a token with `job_admin` is enough.',
  },
  { title: 'Dagster (`dagster_dbt.cloud` and `cloud_v2`)', version: '0.29.27', files: ['replays/test_dagster.py'] },
  { title: 'Prefect (`prefect-dbt`)', version: '0.7.25', files: ['replays/test_prefect.py'] },
  { title: 'dbt-mcp', version: '2.8.0', files: ['replays/test_dbt_mcp.py'] },
  { title: 'Terraform (`dbt-labs/dbtcloud`)', version: '1.12.5', files: ['replays/test_terraform.py'] },
  {
    title: 'OpenMetadata, dbt-loom, tap-dbt',
    version: '00342c5, 0.9.6, 0.17.0',
    files: ['replays/test_catalogues.py'],
  },
  { title: 'Kestra (`plugin-dbt`)', version: '1.7.3', files: ['replays/test_kestra.py'] },
  {
    title: 'GitHub actions of fal-ai and pgoslatara',
    version: '4.4, 1.1.0',
    files: ['replays/test_dbt_cloud_action.py'],
  },
  { title: 'dbt-cloud-cli', version: '0.8.2, 0.9.1', files: ['replays/test_dbt_cloud_cli.py'] },
  { title: 'Pipedream, Azure Data Factory, Harness, curl', version: 'recipes', files: ['replays/test_recipes.py'] },
]

/** The clients with the version that was installed, if one was, and the tests of their files. */
export function clientsOf({ packages, files }) {
  const named = new Set(clients.flatMap((client) => client.files))
  const unnamed = [...files.keys()].filter((file) => !named.has(file))
  if (unnamed.length > 0) throw new Error(`Of which client is ${unnamed.join(', ')}? Say it in other-clients.mjs.`)
  return clients.map((client) => ({
    title: client.title,
    notes: client.notes,
    version: client.package ? packages[client.package] : (client.version ?? ''),
    how: client.package ? 'itself' : 'its requests',
    files: client.files.map((file) => [file, files.get(file) ?? new Map()]),
  }))
}
