/** An option of dbt, as its own command line declares it. */
export interface DbtOption {
  /** The name that Stratus calls it by: its first long one. */
  readonly name: string
  readonly spellings: readonly string[]
  /** The spellings that say no. */
  readonly negations: readonly string[]
  /** `words` means everything up to the next option. */
  readonly takes: 'nothing' | 'a value' | 'words'
}

/** Every option of dbt 1.11 by its name; a test holds them against the installed dbt. */
export const options = {
  args: value('--args'),
  browser: toggle('--browser'),
  cacheSelectedOnly: toggle('--cache-selected-only'),
  cleanProjectFilesOnly: toggle('--clean-project-files-only'),
  compile: toggle('--compile'),
  configDir: flag('--config-dir'),
  connection: flag('--connection'),
  debug: toggle('--debug', '-d'),
  defer: toggle('--defer'),
  deferState: value('--defer-state'),
  deprecatedDefer: value('--deprecated-defer'),
  deprecatedFavorState: value('--deprecated-favor-state'),
  deprecatedPrint: { ...flag('--deprecated-print'), negations: ['--deprecated-no-print'] },
  deprecatedState: value('--deprecated-state'),
  addPackage: value('--add-package'),
  empty: toggle('--empty'),
  emptyCatalog: flag('--empty-catalog'),
  eventTimeEnd: value('--event-time-end'),
  eventTimeStart: value('--event-time-start'),
  exclude: words('--exclude'),
  excludeResourceTypes: words('--exclude-resource-types', '--exclude-resource-type'),
  exportSavedQueries: toggle('--export-saved-queries'),
  failFast: toggle('--fail-fast', '-x'),
  favorState: toggle('--favor-state'),
  fullRefresh: flag('--full-refresh', '-f'),
  host: value('--host'),
  includeSavedQuery: toggle('--include-saved-query'),
  indirectSelection: value('--indirect-selection'),
  injectEphemeralCtes: toggle('--inject-ephemeral-ctes'),
  inline: value('--inline'),
  inlineDirect: value('--inline-direct'),
  introspect: toggle('--introspect'),
  limit: value('--limit'),
  lock: flag('--lock'),
  logCacheEvents: toggle('--log-cache-events'),
  logFileMaxBytes: value('--log-file-max-bytes'),
  logFormat: value('--log-format'),
  logFormatFile: value('--log-format-file'),
  logLevel: value('--log-level'),
  logLevelFile: value('--log-level-file'),
  logPath: value('--log-path'),
  macroDebugging: toggle('--macro-debugging'),
  models: words('--models', '--model', '-m'),
  output: value('--output'),
  outputFile: value('--output', '-o'),
  outputKeys: words('--output-keys'),
  partialParse: toggle('--partial-parse'),
  partialParseFileDiff: toggle('--partial-parse-file-diff'),
  partialParseFilePath: value('--partial-parse-file-path'),
  populateCache: toggle('--populate-cache'),
  port: value('--port'),
  print: toggle('--print'),
  printerWidth: value('--printer-width'),
  profile: value('--profile'),
  profilesDir: value('--profiles-dir'),
  projectDir: value('--project-dir'),
  quiet: toggle('--quiet', '-q'),
  recordTimingInfo: value('--record-timing-info', '-r'),
  resourceTypes: words('--resource-types', '--resource-type'),
  sample: value('--sample'),
  /** Belongs to all subcommands that select nodes but `list`, which tells the old name from the new. */
  select: words('--select', '-s', '-m', '--models', '--model'),
  selectOfList: words('--select', '-s'),
  selector: value('--selector'),
  sendAnonymousUsageStats: toggle('--send-anonymous-usage-stats'),
  show: flag('--show'),
  showAllDeprecations: toggle('--show-all-deprecations'),
  showResourceReport: toggle('--show-resource-report'),
  singleThreaded: toggle('--single-threaded'),
  skipProfileSetup: flag('--skip-profile-setup', '-s'),
  source: value('--source'),
  sqlparse: value('--sqlparse'),
  state: value('--state'),
  static: flag('--static'),
  staticParser: toggle('--static-parser'),
  storeFailures: flag('--store-failures'),
  target: value('--target', '-t'),
  targetPath: value('--target-path'),
  threads: value('--threads'),
  upgrade: flag('--upgrade'),
  uploadArtifacts: toggle('--upload-to-artifacts-ingest-api'),
  useColors: toggle('--use-colors'),
  useColorsFile: toggle('--use-colors-file'),
  useExperimentalParser: toggle('--use-experimental-parser'),
  useFastTestEdges: toggle('--use-fast-test-edges'),
  vars: value('--vars'),
  version: flag('--version', '-V', '-v'),
  versionCheck: toggle('--version-check'),
  warnError: flag('--warn-error'),
  warnErrorOptions: value('--warn-error-options'),
  writeJson: toggle('--write-json'),
  help: flag('--help', '-h'),
} as const satisfies Record<string, DbtOption>

function flag(name: string, ...others: string[]): DbtOption {
  return { name, spellings: [name, ...others], negations: [], takes: 'nothing' }
}

function toggle(name: string, ...others: string[]): DbtOption {
  return { ...flag(name, ...others), negations: [name.replace('--', '--no-')] }
}

function value(name: string, ...others: string[]): DbtOption {
  return { ...flag(name, ...others), takes: 'a value' }
}

function words(name: string, ...others: string[]): DbtOption {
  return { ...flag(name, ...others), takes: 'words' }
}
