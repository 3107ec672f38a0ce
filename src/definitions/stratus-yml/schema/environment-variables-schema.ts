import * as z from 'zod'
import { scalar } from './schema-parts.ts'

/**
 * Variables that would change which program or library runs, send the stored secrets of a connection elsewhere than it leads,
 * have dbt write files of their choice (the keys of its TLS connections among them), or that Stratus itself gives to dbt.
 */
const reserved = [
  /^(PATH|HOME|SHELL|ENV|BASH_ENV|IFS|TMPDIR|TEMP|TMP|BROWSER|PAGER|EDITOR|VISUAL|XDG_(CONFIG|DATA)_(HOME|DIRS))$/,
  /^(LD|DYLD|GIT|SSH|PYTHON|NODE|STRATUS|DBT_CLOUD)_/,
  /^(PYTHON\w*|DATABASE_URL)$/,
  /^DBT_(ENGINE_)?(TARGET_PATH|LOG_PATH|PROFILES_DIR|PROJECT_DIR|LOG_FORMAT|LOG_FORMAT_FILE|LOG_LEVEL_FILE)$/,
  /^DBT_(ENGINE_)?(DOWNLOADS_DIR|LOG_FILE_MAX_BYTES|PARTIAL_PARSE_FILE_PATH|CLEAN_PROJECT_FILES_ONLY|RECORDER_\w+)$/,
  /^(SSLKEYLOGFILE|OPENSSL_(CONF|MODULES|ENGINES)|GCONV_PATH|LOCPATH|GLIBC_TUNABLES|ODBC(SYSINI|INI|INSTINI))$/,
  /^(_JAVA_OPTIONS|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|CLASSPATH)$/,
  // libpq goes to PGHOSTADDR whatever host it is told, the C library where its aliases and search domains lead; others trust
  // whom a bundle names, and go where a proxy or an emulator is.
  /^(PG(HOSTADDR|SERVICE|SERVICEFILE|SYSCONFDIR|SSLROOTCERT)|HOSTALIASES|LOCALDOMAIN|RES_OPTIONS)$/,
  /^((HTTPS?|ALL|NO|GRPC|NO_GRPC)_PROXY|SSL_CERT_(FILE|DIR)|(REQUESTS|CURL|AWS)_CA_BUNDLE|GRPC_DEFAULT_SSL_ROOTS_FILE_PATH)$/i,
  /^(AWS_ENDPOINT_URL\w*|(BIGQUERY|STORAGE)_EMULATOR_HOST|KRB5_CONFIG|TNS_ADMIN|SNOWFLAKE_HOME)$/,
  // dbt 2 has these, and has reserved their prefix.
  /^DBT_(ENGINE_)?((FS_INTERNAL_)?PACKAGES_INSTALL_PATH|OTEL_(PARQUET_)?FILE_NAME|TIME_MACHINE_PATH)$/,
  /^DBT_ENGINE_\w*(_DIR|_HOME|_FILE|_FILE_PATH|_ARTIFACTS)$/,
]

export const variableName = z
  .string()
  .max(255)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'names of letters, digits and "_"' })
  .refine((name) => !reserved.some((pattern) => pattern.test(name)), {
    error: 'other names: Stratus sets this one itself, or keeps it as the machine has it',
  })

/** `null` removes a variable; a secret one that is not named stays. */
export const environmentVariables = z.record(variableName, scalar.nullable()).nullish()
