interface Range<Entry> {
  readonly low: number;
  readonly high: number;
  readonly entry: Entry;
}

/**
 * Finds every range that holds a number, bounds included, without looking at those that do not.
 *
 * The ranges are kept sorted by lower bound and read as a balanced tree: the middle of a stretch is its
 * root, and for each root the highest upper bound of its stretch is known. Built at the first search after
 * an addition, so add all ranges first.
 */
export class RangeTree<Entry> {
  private readonly ranges: Range<Entry>[] = [];
  private highest: Float64Array | undefined;

  add(low: number, high: number, entry: Entry): void {
    this.ranges.push({ low, high, entry });
    this.highest = undefined;
  }

  visit(value: number, found: (entry: Entry) => void): void {
    this.search(this.highest ?? this.build(), value, 0, this.ranges.length, found);
  }

  private search(
    highest: Float64Array,
    value: number,
    from: number,
    to: number,
    found: (entry: Entry) => void,
  ): void {
    const middle = (from + to) >> 1;
    const root = this.ranges[middle];
    if (from >= to || root === undefined || (highest[middle] ?? -Infinity) < value) return;
    this.search(highest, value, from, middle, found);
    if (root.low > value) return;
    if (root.high >= value) found(root.entry);
    this.search(highest, value, middle + 1, to, found);
  }

  private build(): Float64Array {
    this.ranges.sort((one, other) => one.low - other.low);
    this.highest = new Float64Array(this.ranges.length);
    this.fill(this.highest, 0, this.ranges.length);
    return this.highest;
  }

  /** Notes the highest upper bound of a stretch at its root, and returns it. */
  private fill(highest: Float64Array, from: number, to: number): number {
    const middle = (from + to) >> 1;
    const root = this.ranges[middle];
    if (from >= to || root === undefined) return -Infinity;
    const bounds = [root.high, this.fill(highest, from, middle), this.fill(highest, middle + 1, to)];
    highest[middle] = Math.max(...bounds);
    return highest[middle];
  }
}
