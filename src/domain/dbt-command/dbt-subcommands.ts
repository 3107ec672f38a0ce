import { type DbtOption, options as o } from './dbt-options.ts'

export interface DbtSubcommand {
  readonly options: readonly DbtOption[]
  /** Says how many words without an option it takes. */
  readonly words: number
}

/** The options that stand before any subcommand, and behind each of them, too. */
export const globalOptions: readonly DbtOption[] = [
  ...[o.cacheSelectedOnly, o.debug, o.defer, o.deprecatedDefer, o.deferState, o.deprecatedFavorState],
  ...[o.deprecatedPrint, o.deprecatedState, o.failFast, o.favorState, o.help, o.indirectSelection, o.logCacheEvents],
  ...[o.logFileMaxBytes, o.logFormat, o.logFormatFile, o.logLevel, o.logLevelFile, o.logPath, o.macroDebugging],
  ...[o.partialParse, o.partialParseFilePath, o.partialParseFileDiff, o.populateCache, o.print, o.printerWidth],
  ...[o.profile, o.quiet, o.recordTimingInfo, o.sendAnonymousUsageStats, o.singleThreaded, o.showAllDeprecations],
  ...[o.state, o.staticParser, o.target, o.useColors, o.useColorsFile, o.useExperimentalParser, o.version],
  ...[o.versionCheck, o.warnError, o.warnErrorOptions, o.writeJson, o.useFastTestEdges, o.uploadArtifacts],
]

/** The options that stand before any subcommand; some of them stand only there. */
export const leadingOptions: readonly DbtOption[] = [...globalOptions, o.showResourceReport]

const folders = [o.profilesDir, o.projectDir, o.targetPath, o.vars]
const selection = [o.exclude, o.select, o.selector]
const selectionOfList = [o.exclude, o.models, o.selectOfList, o.selector]
const types = [o.resourceTypes, o.excludeResourceTypes]
const nodes = [...folders, ...selection, o.sqlparse, o.threads]
const times = [o.eventTimeStart, o.eventTimeEnd, o.sample]
const freshness = subcommand(...nodes, o.outputFile)
const list = subcommand(...folders, ...selectionOfList, ...types, o.output, o.outputKeys)

/** dbt 1.11 has these subcommands; those of a group stand under both words. */
export const subcommands: ReadonlyMap<string, DbtSubcommand> = new Map([
  [
    'build',
    subcommand(
      ...nodes,
      ...types,
      ...times,
      o.empty,
      o.exportSavedQueries,
      o.fullRefresh,
      o.includeSavedQuery,
      o.show,
      o.storeFailures,
    ),
  ],
  ['clean', subcommand(...folders, o.cleanProjectFilesOnly)],
  ['clone', subcommand(...folders, ...selection, ...types, o.fullRefresh, o.threads)],
  ['compile', subcommand(...nodes, o.empty, o.fullRefresh, o.inline, o.injectEphemeralCtes, o.introspect, o.output)],
  ['debug', subcommand(o.profilesDir, o.projectDir, o.vars, o.configDir, o.connection)],
  ['deps', subcommand(o.profilesDir, o.projectDir, o.vars, o.addPackage, o.lock, o.source, o.upgrade)],
  ['docs generate', subcommand(...nodes, o.compile, o.emptyCatalog, o.static)],
  ['docs serve', subcommand(...folders, o.browser, o.host, o.port)],
  ['init', { ...subcommand(o.profilesDir, o.projectDir, o.skipProfileSetup, o.vars), words: 1 }],
  ['list', list],
  ['ls', list],
  ['parse', subcommand(...folders, o.threads)],
  ['retry', subcommand(...folders, o.fullRefresh, o.threads)],
  ['run', subcommand(...nodes, ...times, o.empty, o.fullRefresh)],
  ['run-operation', { ...subcommand(...folders, o.args, o.threads), words: 1 }],
  ['seed', subcommand(...nodes, o.fullRefresh, o.show)],
  ['show', subcommand(...nodes, o.fullRefresh, o.inline, o.inlineDirect, o.introspect, o.limit, o.output)],
  ['snapshot', subcommand(...nodes, o.empty)],
  ['source freshness', freshness],
  ['source snapshot-freshness', freshness],
  ['test', subcommand(...nodes, ...types, o.storeFailures)],
])

/** dbt 2 has these besides, with options of their own. */
export const newerSubcommands: ReadonlySet<string> = new Set(['login', 'man', 'state', 'system'])

/** A group's name is followed by one of its subcommands. */
export const groups: ReadonlySet<string> = new Set(['docs', 'source'])

function subcommand(...own: DbtOption[]): DbtSubcommand {
  return { options: [...globalOptions, ...own], words: 0 }
}
