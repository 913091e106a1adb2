import type { EventFields } from "../pattern/event-fields.js";
import type { EventPattern, PatternPart } from "../pattern/pattern.js";
import { cheapestCover, type Cover, type Share } from "./cover.js";
import { FieldIndex } from "./field-index.js";

/** A rule as the index keeps it. */
export interface FiledRule {
  readonly pattern: EventPattern;
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
export class RuleNode<Rule extends FiledRule> {
  size = 0;
  /** Rules to try every time: too few to tell apart, or nothing about them can be looked up. */
  private tried: Rule[] = [];
  private fields: Map<string, FieldIndex<RuleNode<Rule>>> | undefined;
  /** Fields that led here and tell the rules apart no further. */
  private readonly used: ReadonlySet<string>;

  constructor(used: ReadonlySet<string> = new Set()) {
    this.used = used;
  }

  add(rule: Rule): void {
    this.size += 1;
    if (this.fields !== undefined) this.file(rule, this.fields);
    else {
      this.tried.push(rule);
      if (this.tried.length > RULES_TO_TRY) this.split();
    }
  }

  /** Names every rule that may match, some of them more than once. */
  visit(event: EventFields, found: (rule: Rule) => void): void {
    for (const rule of this.tried) found(rule);
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
    const rules = this.tried;
    this.tried = [];
    this.fields = new Map();
    for (const rule of rules) this.file(rule, this.fields);
  }

  private file(rule: Rule, fields: Map<string, FieldIndex<RuleNode<Rule>>>): void {
    const cover = this.cover(rule.pattern.parts, fields);
    if (cover === undefined) this.tried.push(rule);
    else {
      const nodes = new Set(cover.keys.map(({ name, key }) => this.indexOf(name, fields).open(key)));
      for (const node of nodes) node.add(rule);
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
