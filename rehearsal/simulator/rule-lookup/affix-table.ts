/** Finds every entry whose text a value starts with (or, for suffixes, ends with). */
export class AffixTable<Entry> {
  private readonly byText = new Map<string, Entry>();
  /** Lengths that occur, ascending: one look-up for each is enough, however many texts there are. */
  private lengths: readonly number[] = [];
  private readonly side: "start" | "end";

  constructor(side: "start" | "end") {
    this.side = side;
  }

  get(text: string): Entry | undefined {
    return this.byText.get(text);
  }

  set(text: string, entry: Entry): void {
    this.byText.set(text, entry);
    if (this.lengths.includes(text.length)) return;
    this.lengths = [...this.lengths, text.length].sort((one, other) => one - other);
  }

  visit(value: string, found: (entry: Entry) => void): void {
    for (const length of this.lengths) {
      if (length > value.length) return;
      const affix = this.side === "start" ? value.slice(0, length) : value.slice(value.length - length);
      const entry = this.byText.get(affix);
      if (entry !== undefined) found(entry);
    }
  }
}
