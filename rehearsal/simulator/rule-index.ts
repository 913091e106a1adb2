import type { JsonValue } from "./json-value.js";
import { readEventFields } from "./pattern/event-fields.js";
import { FieldTree } from "./pattern/field-tree.js";
import { addFields, matchFields } from "./pattern/match.js";
import type { EventPattern } from "./pattern/pattern.js";
import { RuleNode } from "./rule-lookup/rule-node.js";

interface IndexedRule<T> {
  readonly pattern: EventPattern;
  readonly value: T;
  readonly order: number;
  /** Number of the search that last met this rule: it may be named several times in one. */
  metIn: number;
}

/** The rules of a bus, found by event without trying them all. Answers as trying them all would. */
export class RuleIndex<T> {
  private readonly tree = new FieldTree();
  private readonly root = new RuleNode<IndexedRule<T>>();
  private searches = 0;

  /** How many rules were added. */
  get size(): number {
    return this.root.size;
  }

  /** Adds a rule; `value` is what a match returns. Any number of rules may have the same pattern. */
  add(pattern: EventPattern, value: T): void {
    addFields(this.tree, pattern);
    this.root.add({ pattern, value, order: this.root.size, metIn: 0 }, pattern.parts);
  }

  /**
   * The values of all rules whose pattern matches the event, in the order they were added.
   * @param event the full event, as parsed by readJson or JSON.parse
   */
  match(event: JsonValue): T[] {
    const fields = readEventFields(event, this.tree);
    if (fields === undefined) return [];
    this.searches += 1;
    const matching: IndexedRule<T>[] = [];
    this.root.visit(fields, (rule, open) => {
      if (rule.metIn === this.searches) return;
      rule.metIn = this.searches;
      if (matchFields(rule.pattern, fields, open)) matching.push(rule);
    });
    return matching.sort((one, other) => one.order - other.order).map(({ value }) => value);
  }
}
