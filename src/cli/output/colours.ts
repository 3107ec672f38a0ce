import { styleText } from 'node:util'
import type { RawEnvironment } from '../../config/raw-environment.ts'

/** FORCE_COLOR decides, then NO_COLOR, then whether a terminal reads. */
export function wantsColours(
  { isTTY }: { readonly isTTY?: boolean },
  { FORCE_COLOR: force, NO_COLOR: no, TERM: terminal }: RawEnvironment = process.env,
): boolean {
  if (force) return force !== '0' && force !== 'false'
  return !no && isTTY === true && terminal !== 'dumb'
}

export type Colour = 'green' | 'red' | 'yellow' | 'dim' | 'bold'

/** Coloured whoever reads: what prints it leaves the colours out where they are not wanted. */
export function paint(colour: Colour, text: string): string {
  return styleText(colour, text, { validateStream: false })
}
