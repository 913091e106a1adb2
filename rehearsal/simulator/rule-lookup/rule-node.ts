import type { EventFields } from "../pattern/event-fields.js";
import type { PatternPart } from "../pattern/pattern.js";
import { cheapestCover, type Cover, type Share } from "./cover.js";
import { FieldIndex } from "./field-index.js";

/** A rule with the parts of its pattern that the way to it does not prove. */
interface Candidate<Rule> {
  readonly rule: Rule;
  readonly open: readonly PatternPart[];
}

/** From here on it pays to look rules up; below, trying them all is as fast. */
const RULES_TO_TRY = 4;

/**
 * A rule with several keys is filed under each, and below each of them again. At the top any number of keys
 * is better than trying the rule for every event; below, these two limits keep the copies few.
 */
const MOST_KEYS_BELOW = 2;
const MOST_LEVELS = 4;

/**
 * Some rules, found through what an event must have for them to match. Few rules are simply all named.
 * With more, each is filed under the keys of its most selective field; the rules under one key are a node
 * again, which goes on with the other fields. So ten thousand rules that share their source, and in groups
 * their detail-type, are still told apart.
 */
export class RuleNode<Rule> {
  size = 0;
  /** To try every time: too few to tell apart, or nothing about them can be looked up. */
  private tried: Candidate<Rule>[] = [];
  private fields: Map<string, FieldIndex<RuleNode<Rule>>> | undefined;
  /** Fields that led here and tell the rules apart no further. */
  private readonly used: ReadonlySet<string>;

  constructor(used: ReadonlySet<string> = new Set()) {
    this.used = used;
  }

  /** Adds a rule by the parts of its pattern, all of which must hold. */
  add(rule: Rule, open: readonly PatternPart[]): void {
    this.size += 1;
    if (this.fields !== undefined) this.file({ rule, open }, this.fields);
    else {
      this.tried.push({ rule, open });
      if (this.tried.length > RULES_TO_TRY) this.split();
    }
  }

  /**
   * Names every rule that may match, some more than once. It matches if the open parts hold, provided that
   * none of its fields lies in an array of objects.
   */
  visit(event: EventFields, found: (rule: Rule, open: readonly PatternPart[]) => void): void {
    for (const { rule, open } of this.tried) found(rule, open);
    if (this.fields === undefined) return;
    for (const [name, index] of this.fields) {
      const values = event.values.get(name);
      if (values === undefined) continue;
      for (const { value } of values) {
        index.visit(value, (node) => {
          node.visit(event, found);
        });
      }
    }
  }

  private split(): void {
    const candidates = this.tried;
    this.tried = [];
    this.fields = new Map();
    for (const candidate of candidates) this.file(candidate, this.fields);
  }

  private file(candidate: Candidate<Rule>, fields: Map<string, FieldIndex<RuleNode<Rule>>>): void {
    const { rule, open } = candidate;
    const cover = this.cover(open, fields);
    if (cover === undefined) this.tried.push(candidate);
    else {
      const nodes = new Set(cover.keys.map(({ name, key }) => this.indexOf(name, fields).open(key)));
      const stillOpen = open.filter((part) => part !== cover.proves);
      for (const node of nodes) node.add(rule, stillOpen);
    }
  }

  private indexOf(name: string, fields: Map<string, FieldIndex<RuleNode<Rule>>>): FieldIndex<RuleNode<Rule>> {
    const known = fields.get(name);
    if (known !== undefined) return known;
    const used = new Set([...this.used, name]);
    const index = new FieldIndex(() => new RuleNode<Rule>(used));
    fields.set(name, index);
    return index;
  }

  private cover(
    parts: readonly PatternPart[],
    fields: ReadonlyMap<string, FieldIndex<RuleNode<Rule>>>,
  ): Cover | undefined {
    if (this.used.size >= MOST_LEVELS) return undefined;
    const share: Share = (name, key) => {
      return this.used.has(name) ? undefined : (fields.get(name)?.share(key) ?? 1);
    };
    return cheapestCover(parts, share, this.used.size === 0 ? Infinity : MOST_KEYS_BELOW);
  }
}
