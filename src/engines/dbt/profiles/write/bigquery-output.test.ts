import { bigqueryOutput } from './bigquery-output.ts'

test('details as dbt has them stay', () => {
  const details = {
    method: 'oauth',
    project: 'acme',
    dataset: 'shop',
    scopes: ['https://www.googleapis.com/auth/drive'],
  }
  expect(bigqueryOutput(details)).toEqual(details)
})

test('details as dbt Cloud has them become a project and a key file', () => {
  const output = bigqueryOutput({
    gcp_project_id: 'acme',
    client_email: 'stratus@acme.example.com',
    private_key: "{{ env_var('KEY') }}",
    timeout_seconds: 300,
    retries: 2,
    location: 'EU',
  })
  expect(output).toEqual({
    method: 'service-account-json',
    project: 'acme',
    location: 'EU',
    timeout_seconds: 300,
    retries: 2,
    keyfile_json: {
      type: 'service_account',
      project_id: 'acme',
      client_email: 'stratus@acme.example.com',
      private_key: "{{ env_var('KEY') }}",
    },
  })
})
