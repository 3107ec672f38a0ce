import { storableText } from './storable-text.ts'

/** JSON in which each text is one that the database can keep. */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'string' ? storableText(each) : each))
}
