/** What our compose file uses of the compose specification. */
export interface ComposeService {
  readonly image: string
  readonly build?: { readonly context: string; readonly dockerfile?: string }
  readonly restart?: string
  readonly read_only?: boolean
  readonly user?: string
  readonly cap_add?: readonly string[]
  readonly profiles?: readonly string[]
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly volumes?: readonly string[]
  readonly ports?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: { readonly disable?: boolean; readonly test?: readonly string[] }
}
export interface ComposeFile {
  readonly name: string
  readonly services: Readonly<Record<string, ComposeService>>
  readonly volumes: Readonly<Record<string, unknown>>
}
export interface Mount {
  readonly source: string
  readonly target: string
  readonly readOnly: boolean
  readonly isVolume: boolean
}
export function readCompose(file: string, variables: Readonly<Record<string, string>>): ComposeFile
export function readEnvFile(file: string): Record<string, string>
export function variablesIn(text: string): string[]
export function startOrder(services: ComposeFile['services'], profiles?: readonly string[]): string[]
export function parseMount(mount: string): Mount
