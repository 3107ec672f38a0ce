export interface FoundPattern {
  readonly line: number
  readonly text: string
  readonly pattern?: { readonly source: string; readonly flags: string }
}

export function sourceFiles(): string[]
export function patternsOf(file: string, content: string): FoundPattern[]
export function slownessOf(pattern: { readonly source: string; readonly flags: string }): string | undefined
