/*
 * Each dbt adapter has a table of the details that its connections may have: the keys of its credentials in profiles.yml,
 * their aliases, and those of dbt Cloud's forms. They were read from the adapters' own sources in November 2026.
 */

/**
 * - `plain`: says how, not where: it may change while secrets stay.
 * - `target`: may decide where secrets are sent.
 * - `secret`: is kept encrypted and never shown.
 * - `file`: names a file or a folder of the machine that dbt runs on.
 * - `code`: has dbt load code, start programs or open files that no key alone tells.
 */
export type DetailKind = 'plain' | 'target' | 'secret' | 'file' | 'code'

type Keys = Readonly<Partial<Record<DetailKind, string>>>

/** They go from what anybody may say to what is kept best: where a key has two meanings, the later one holds. */
const strictness: readonly DetailKind[] = ['plain', 'target', 'file', 'code', 'secret']

/** Every adapter has these: dbt itself knows them, or dbt Cloud's forms add them. */
const common: Keys = {
  plain: `adapter_id adapter_version adapter_version_override auth_type connect_retries connect_timeout default_schema
    is_ssh_tunnel_enabled oauth_configuration_id private_link_endpoint_id retries retry_all role schema
    semantic_layer_credential target_name threads tunnel_enabled user username`,
  target: 'catalog database dbname host hostname port server',
}

const sqlServer: Keys = {
  plain: `UID access_token_expires_on encrypt lock_timeout login_timeout query_timeout schema_auth schema_authorization
    trace_flag SQL_ATTR_TRACE xact_abort`,
  target: `TrustServerCertificate app_id auth authentication backend client_id tenant_id token_scope trust_cert
    trusted_connection windows_login workspace workspace_id workspace_name`,
  secret: 'PWD access_token app_secret client_secret pass password',
  // One without a folder is looked up among those that are installed.
  file: 'driver',
}

const byAdapter: Readonly<Record<string, Keys>> = {
  athena: {
    plain: `debug_query_state lf_tags_database num_boto3_retries num_iceberg_retries
      num_retries poll_interval s3_data_dir s3_data_naming s3_tmp_table_dir skip_workgroup_check`,
    target: `assume_role_arn assume_role_duration_seconds assume_role_external_id assume_role_session_name
      aws_profile_name endpoint_url region_name s3_staging_dir spark_work_group work_group`,
    secret: 'aws_access_key_id aws_secret_access_key aws_session_token',
  },
  bigquery: {
    plain: `dataset job_creation_timeout_seconds job_execution_timeout_seconds job_link_info_level_log job_retries
      job_retry_deadline_seconds location maximum_bytes_billed priority reservation timeout_seconds use_latest_adapter`,
    target: `api_endpoint application_id auth_provider_x509_cert_url auth_uri client_email client_id
      client_x509_cert_url compute_region dataproc_cluster_name dataproc_region deployment_env_auth_type
      execution_project gcp_project_id gcs_bucket impersonate_service_account method private_key_id project project_id
      quota_project scopes service_account_impersonation_url submission_method target_dataset target_project
      token_endpoint token_uri workload_pool_provider_path`,
    secret: 'application_secret client_secret keyfile_json private_key refresh_token token',
    file: 'keyfile',
  },
  clickhouse: {
    plain: `allow_automatic_deduplication check_exchange cluster_mode compress_block_size compression database_engine
      local_db_prefix local_suffix reuse_connections send_receive_timeout sync_request_timeout tcp_keepalive
      use_lw_deletes`,
    target: 'cluster driver secure server_host_name verify',
    secret: 'pass password',
    file: 'client_cert client_cert_key',
  },
  databricks: {
    plain: 'connect_max_idle connection_parameters query_tags session_properties',
    target: `azure_client_id client_id http_path oauth_redirect_url oauth_scopes organization target_catalog
      target_database`,
    secret: 'azure_client_secret client_secret token',
    file: 'oidc_token_filepath',
  },
  duckdb: {
    plain: 'disable_transactions extensions keep_open',
    target: 'is_ducklake remote use_credential_provider',
    secret: 'motherduck_token',
    file: 'external_root module_paths path',
    code: 'attach config_options filesystems flights plugins secrets settings',
  },
  fabric: {
    ...sqlServer,
    target: `${sqlServer.target} fabric_base_api_uri federated_token_header federated_token_url powerbi_base_api_uri
      purview purview_endpoint`,
    file: `${sqlServer.file} federated_token_file`,
    code: 'credential_class credential_kwargs',
  },
  postgres: {
    plain: 'application_name autocommit keepalives_idle search_path',
    target: 'service sslmode',
    secret: 'pass password',
    file: 'sslcert sslkey sslrootcert',
  },
  redshift: {
    plain: `allow_concurrent_drops autocommit autocreate datasharing db_groups drop_without_cascade keepalives_idle
      query_group ra3_node search_path tcp_keepalive tcp_keepalive_count tcp_keepalive_idle tcp_keepalive_interval`,
    target: `access_key_id cluster_id iam_profile idc_client_display_name idc_region idp_listen_port
      idp_response_timeout is_serverless issuer_url method region serverless_acct_id serverless_work_group sslmode
      token_endpoint`,
    secret: 'pass password secret_access_key',
    file: 'sslcert sslkey sslrootcert',
  },
  snowflake: {
    plain: `client_session_keep_alive platform_detection_timeout_seconds query_tag retry_on_database_errors
      reuse_connections warehouse`,
    target: `account allow_sso authenticator insecure_mode oauth_client_id protocol proxy_host proxy_port
      s3_stage_vpce_dns_name workload_identity_entra_resource workload_identity_provider`,
    secret: 'oauth_client_secret password private_key private_key_passphrase token',
    file: 'private_key_path',
  },
  spark: {
    plain: 'poll_interval query_retries query_timeout server_side_parameters',
    target: `auth cluster connection_string_suffix endpoint kerberos_service_name method organization
      use_ssl`,
    secret: 'password token',
    // A folder of an ODBC driver: code, too, but the project could bring that itself.
    file: 'driver',
  },
  sqlserver: sqlServer,
  synapse: sqlServer,
  teradata: {
    plain: `account browser_tab_timeout browser_timeout charset column_name cop coplast fake_result_sets field_quote
      field_sep lob_support logon_timeout max_message_body partition query_band request_timeout retry_timeout runstartup
      sessions sip_support sp_spl teradata_values tmode`,
    target: `UID encryptdata http_proxy http_proxy_user https_port https_proxy https_proxy_user logmech oidc_sslmode
      proxy_bypass_hosts sslcipher sslmode sslprotocol`,
    secret: 'PWD http_proxy_password https_proxy_password logdata password',
    file: 'log sslca sslcapath sslcrc sslcrl sslocsp',
    code: 'browser',
  },
  trino: {
    plain: `client_tags prepared_statements_enabled roles session_properties suppress_cert_warning timezone`,
    target: `delegate force_preemptive hostname_override http_headers http_scheme impersonation_user method mutual_authentication
      principal sanitize_mutual_error_response service_name`,
    secret: 'client_secret jwt_token password',
    file: 'cert client_certificate client_private_key keytab krb5_config',
  },
}

const ofEveryAdapter = kindsOf(common)

const kinds = new Map(Object.entries(byAdapter).map(([adapter, keys]) => [adapter, kindsOf(common, keys)]))

export const knownAdapters: readonly string[] = [...kinds.keys()]

/** Answers the keys of an adapter; undefined for one that is not known. */
export function detailsOfAdapter(adapter: string): ReadonlyMap<string, DetailKind> | undefined {
  return kinds.get(adapter)
}

const lists = new Set(
  'attach client_tags extensions filesystems module_paths oauth_scopes plugins scopes secrets'.split(' '),
)

/** True for a key of an adapter that may have several values; any other has one. */
export function mayBeList(name: string): boolean {
  return lists.has(name)
}

/** Answers the same text for the same value alone: a number is what it is written as, and a list is no text, whatever is in it. */
export function detailText(value: unknown): string {
  return JSON.stringify(Array.isArray(value) ? value : String(value))
}

/** True for a detail that may change while secrets stay. Any other may decide where they are sent, and how. */
export function isHarmlessDetail(adapter: string, name: string): boolean {
  return (kinds.get(adapter) ?? ofEveryAdapter).get(name) === 'plain'
}

/** The keys of all adapters, each with the strictest of its meanings: credentials go with whatever connection uses them. */
export const detailsOfAny: ReadonlyMap<string, DetailKind> = new Map(
  strictness.flatMap((kind) => [...kinds.values()].flatMap((keys) => [...keys].filter((each) => each[1] === kind))),
)

function kindsOf(...all: readonly Keys[]): ReadonlyMap<string, DetailKind> {
  const keysOf = (kind: DetailKind) => all.flatMap((keys) => (keys[kind] ?? '').split(/\s+/).filter(Boolean))
  return new Map(strictness.flatMap((kind) => keysOf(kind).map((key) => [key, kind] as const)))
}
