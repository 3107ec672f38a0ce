export interface Instruction {
  readonly keyword: string
  readonly text: string
}
export interface Stage {
  readonly name: string | undefined
  readonly image: string
  readonly instructions: readonly Instruction[]
}
export interface Dockerfile {
  readonly args: Readonly<Record<string, string>>
  readonly stages: readonly Stage[]
}
export interface ImageDefaults {
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
  readonly user: string | undefined
  readonly healthcheck: string | undefined
  readonly environment: Readonly<Record<string, string>>
}
export interface Copy {
  readonly from: string | undefined
  readonly sources: readonly string[]
  readonly target: string | undefined
}
export function readDockerfile(file: string): Dockerfile
export function imageDefaults(file: Dockerfile): ImageDefaults
export function copiesOf(stage: Stage): Copy[]
