export function instantOf(text: string | undefined): string | undefined
