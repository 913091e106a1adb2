import { parsePattern, readJson, RuleIndex } from "event-patterns";
import { pathToFileURL } from "node:url";

/** One measurement: `rules` on one bus, and how many events from text one thread matches per second. */
export interface MatchingRow {
  readonly ruleSet: string;
  readonly rules: number;
  /** Median of all passes. */
  readonly eventsPerSecond: number;
  readonly fastestPass: number;
  readonly matchesPerEvent: number;
}

interface RuleSet {
  readonly name: string;
  /** The pattern of the rule with this number. */
  readonly pattern: (rule: number) => object;
  /** Source and detail-type of an event that is meant for this rule. */
  readonly kind: (rule: number) => Kind;
}

interface Kind {
  readonly source: string;
  readonly detailType: string;
}

const EVENTS = 1_000;
const COUNTS = [10, 100, 1_000, 10_000];

/** As on a large bus: two rules for each source and detail-type, a third of them with a content filter. */
const mixed: RuleSet = {
  name: "mixed",
  kind: kindOf,
  pattern: (rule) => {
    const { source, detailType } = kindOf(rule);
    const kind = { source: [source], "detail-type": [detailType] };
    switch (rule % 9) {
      case 0:
        return { ...kind, detail: { total: [{ numeric: [">", 100 + (rule % 400)] }] } };
      case 3:
        return { ...kind, detail: { customer: { country: [{ "anything-but": ["DE", "FR"] }] } } };
      case 6:
        return {
          ...kind,
          detail: { $or: [{ channel: [{ prefix: "web" }] }, { coupon: [{ exists: true }] }] },
        };
      default:
        return kind;
    }
  },
};

const sameKind: Kind = { source: "com.example.orders", detailType: "Order.Created" };
const sameSource = (rule: number): Kind => ({ ...sameKind, detailType: `Order.Changed${rule}` });

/** The other sets are each hard in one way. */
const hard: readonly RuleSet[] = [
  {
    name: "one source",
    kind: sameSource,
    pattern: (rule) => ({ source: [sameKind.source], "detail-type": [sameSource(rule).detailType] }),
  },
  {
    name: "one detail field",
    kind: () => sameKind,
    pattern: (rule) => ({
      source: [sameKind.source],
      "detail-type": [sameKind.detailType],
      detail: { orderId: [orderId(rule)] },
    }),
  },
  {
    name: "prefixes",
    kind: () => sameKind,
    pattern: (rule) => ({ detail: { orderId: [{ prefix: orderId(rule) }] } }),
  },
  {
    name: "ranges",
    kind: () => sameKind,
    pattern: (rule) => ({ detail: { total: [{ numeric: [">=", rule, "<", rule + 1] }] } }),
  },
];

/**
 * Measures matching from event text, envelopes of about 500 bytes, in passes over 1,000 events. The rule
 * counts take turns, so that a busy machine slows all rows alike.
 * @param seconds how long each row is measured, warming up included
 * @param ruleSets which sets; the mixed one is the one to compare with AWS's engine
 */
export function measureMatching(seconds = 1, ruleSets: readonly RuleSet[] = [mixed, ...hard]): MatchingRow[] {
  return ruleSets.flatMap((ruleSet) => {
    const runs = COUNTS.map((rules) => new Run(ruleSet, rules));
    const end = performance.now() + seconds * 1_000 * runs.length;
    while (performance.now() < end) for (const run of runs) run.pass();
    return runs.map((run) => run.row());
  });
}

class Run {
  private readonly ruleSet: RuleSet;
  private readonly rules: number;
  private readonly index = new RuleIndex<number>();
  private readonly texts: readonly string[];
  private readonly rates: number[] = [];
  private matches = 0;

  constructor(ruleSet: RuleSet, rules: number) {
    this.ruleSet = ruleSet;
    this.rules = rules;
    for (let rule = 0; rule < rules; rule += 1) {
      const parsed = parsePattern(JSON.stringify(ruleSet.pattern(rule)));
      if (!parsed.ok) throw new Error(`${ruleSet.name}, rule ${rule}: ${JSON.stringify(parsed.problems)}`);
      this.index.add(parsed.pattern, rule);
    }
    this.texts = Array.from({ length: EVENTS }, (_, event) =>
      eventText(ruleSet, event, Math.floor((event * rules) / EVENTS)),
    );
  }

  pass(): void {
    const start = performance.now();
    this.matches = 0;
    for (const text of this.texts) {
      const read = readJson(text);
      if (read.ok) this.matches += this.index.match(read.value).length;
    }
    this.rates.push((EVENTS * 1_000) / (performance.now() - start));
  }

  row(): MatchingRow {
    const sorted = this.rates.toSorted((one, other) => one - other);
    return {
      ruleSet: this.ruleSet.name,
      rules: this.rules,
      eventsPerSecond: Math.round(sorted[sorted.length >> 1] ?? 0),
      fastestPass: Math.round(sorted.at(-1) ?? 0),
      matchesPerEvent: this.matches / EVENTS,
    };
  }
}

/** An event that is meant for one rule. */
function eventText(ruleSet: RuleSet, event: number, rule: number): string {
  const { source, detailType } = ruleSet.kind(rule);
  return JSON.stringify({
    version: "0",
    id: `3d5a7a0e-0f4c-4b57-9a55-${String(event).padStart(12, "0")}`,
    "detail-type": detailType,
    source,
    account: "111122223333",
    time: "2026-03-01T12:00:00Z",
    region: "eu-west-1",
    resources: [`arn:aws:s3:::invoices/${orderId(rule)}`],
    detail: {
      orderId: orderId(rule),
      total: rule + 0.5,
      currency: "EUR",
      channel: event % 2 === 0 ? "web-shop" : "store",
      customer: { id: `c-${event}`, country: event % 3 === 0 ? "DE" : "IT", tags: ["new", "newsletter"] },
      items: [
        { sku: "A-100", quantity: 2, price: 19.99 },
        { sku: "B-200", quantity: 1, price: 5.49 },
      ],
    },
  });
}

function kindOf(rule: number): Kind {
  const kind = rule >> 1;
  return {
    source: `com.example.service-${kind % 40}`,
    detailType: `Order.Kind${Math.floor(kind / 40)}.Changed`,
  };
}

function orderId(rule: number): string {
  return `o-${String(rule).padStart(8, "0")}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  console.table(measureMatching());
}
