/** Parts of a service account's key file, which dbt Cloud keeps one by one among a connection's details. */
const keyFileParts = new Set([
  'private_key_id',
  'private_key',
  'client_email',
  'client_id',
  'auth_uri',
  'token_uri',
  'auth_provider_x509_cert_url',
  'client_x509_cert_url',
])

/** dbt's adapter calls these `project`; it knows dbt Cloud's other names. */
const projectNames = new Set(['gcp_project_id', 'project_id'])

/** A BigQuery target of a profile, from details as dbt has them or as dbt Cloud has them. */
export function bigqueryOutput(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const keyFile: Record<string, unknown> = {}
  const output: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(details)) {
    if (keyFileParts.has(name)) keyFile[name] = value
    else output[projectNames.has(name) ? 'project' : name] = value
  }
  if (Object.keys(keyFile).length === 0) return output
  const keyfileJson = { type: 'service_account', project_id: output.project, ...keyFile }
  return { method: 'service-account-json', ...output, keyfile_json: keyfileJson }
}
