/** Finds the largest of numbers, at least 0; of any number of them, while `Math.max` takes about a hundred thousand. */
export function largestOf(numbers: readonly number[]): number {
  return numbers.reduce((largest, number) => Math.max(largest, number), 0)
}
