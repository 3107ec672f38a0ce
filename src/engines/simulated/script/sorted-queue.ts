/** Hands its items out in order. */
export class SortedQueue<Item> {
  readonly #compare: (a: Item, b: Item) => number
  readonly #items: Item[] = []

  constructor(compare: (a: Item, b: Item) => number) {
    this.#compare = compare
  }

  get length(): number {
    return this.#items.length
  }

  add(item: Item): void {
    let low = 0
    let high = this.#items.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = this.#items[middle]
      if (other !== undefined && this.#compare(other, item) < 0) low = middle + 1
      else high = middle
    }
    this.#items.splice(low, 0, item)
  }

  take(): Item {
    const item = this.#items.shift()
    if (item === undefined) throw new Error('The queue is empty.')
    return item
  }
}
