import { matchEvent, parsePattern, readJson, type JsonReading } from "event-patterns";

/** A rule as it stands on a bus now. */
export interface BusRule {
  readonly name: string;
  readonly isEnabled: boolean;
  /** JSON text; undefined for a rule that runs by the clock. */
  readonly pattern: string | undefined;
  /** Whether AWS made it for itself, as for an archive. */
  readonly isManaged: boolean;
}

/** What can be said of a bus's rules: they were listed, or could not be. */
export type RuleList =
  | { readonly kind: "listed"; readonly rules: readonly BusRule[] }
  | { readonly kind: "unknown"; readonly because: string };

export type RuleState = "enabled" | "disabled" | "gone" | "unknown";

export function stateOf(list: RuleList, name: string): RuleState {
  if (list.kind === "unknown") return "unknown";
  const rule = list.rules.find((candidate) => candidate.name === name);
  if (rule === undefined) return "gone";
  return rule.isEnabled ? "enabled" : "disabled";
}

/** A rule that takes an event, or may. */
export interface TakingRule {
  readonly name: string;
  readonly state: "enabled" | "disabled";
  /** False if its pattern could not be read, or hangs on what is not known of the event. */
  readonly certain: boolean;
}

/**
 * The rules of a bus that match an event, whatever their state; AWS's own are left out, as nobody waits for them.
 * @param event the whole event as JSON text
 */
export function rulesTaking(rules: readonly BusRule[], event: string): TakingRule[] {
  const read = readJson(event);
  return taking(rules, (pattern) => matches(pattern, read));
}

/**
 * The rules that take events like an example: certainly the example, or perhaps one that differs in its detail.
 * @param example the whole event as JSON text
 */
export function rulesTakingSuch(rules: readonly BusRule[], example: string): TakingRule[] {
  const read = readJson(example);
  return taking(rules, (pattern) => {
    if (matches(pattern, read) === true) return true;
    return matches(routingOf(pattern), read) === false ? false : undefined;
  });
}

function taking(rules: readonly BusRule[], takes: (pattern: string) => boolean | undefined): TakingRule[] {
  return rules.flatMap(({ name, isEnabled, pattern, isManaged }): TakingRule[] => {
    const answer = isManaged || pattern === undefined ? false : takes(pattern);
    return answer === false
      ? []
      : [{ name, state: isEnabled ? "enabled" : "disabled", certain: answer === true }];
  });
}

/** By the rehearsal's own reading of the pattern language; undefined if pattern or event cannot be read. */
export function matches(pattern: string, event: JsonReading): boolean | undefined {
  const parsed = patterns.get(pattern) ?? parsePattern(pattern);
  patterns.set(pattern, parsed);
  return parsed.ok && event.ok ? matchEvent(parsed.pattern, event.value) : undefined;
}

/** The same few patterns are asked about every event. */
const patterns = new Map<string, ReturnType<typeof parsePattern>>();

/** Fields that all events of a contract have alike, and that a replay gives them. */
const common = new Set(["source", "detail-type", "account", "region", "replay-name"]);

/** What a pattern says of these fields; without any it is no pattern, and nothing can be ruled out. */
function routingOf(pattern: string): string {
  const read = readJson(pattern);
  const fields = read.ok && typeof read.value === "object" && read.value !== null ? read.value : {};
  return JSON.stringify(Object.fromEntries(Object.entries(fields).filter(([name]) => common.has(name))));
}
