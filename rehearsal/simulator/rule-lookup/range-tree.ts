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

  get size(): number {
    return this.ranges.length;
  }

  add(low: number, high: number, entry: Entry): void {
    this.ranges.push({ low, high, entry });
    this.highest = undefined;
  }

  visit(value: number, found: (entry: Entry) => void): void {
    const highest = this.highest ?? this.build();
    const search = (from: number, to: number): void => {
      const middle = (from + to) >> 1;
      const root = this.ranges[middle];
      if (from >= to || root === undefined || (highest[middle] ?? -Infinity) < value) return;
      search(from, middle);
      if (root.low > value) return;
      if (root.high >= value) found(root.entry);
      search(middle + 1, to);
    };
    search(0, this.ranges.length);
  }

  private build(): Float64Array {
    this.ranges.sort((one, other) => one.low - other.low);
    const highest = new Float64Array(this.ranges.length);
    const fill = (from: number, to: number): number => {
      const middle = (from + to) >> 1;
      const root = this.ranges[middle];
      if (from >= to || root === undefined) return -Infinity;
      highest[middle] = Math.max(root.high, fill(from, middle), fill(middle + 1, to));
      return highest[middle];
    };
    fill(0, this.ranges.length);
    this.highest = highest;
    return highest;
  }
}
