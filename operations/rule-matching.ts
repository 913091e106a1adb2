import { matchEvent, parsePattern, readJson } from "../rehearsal/simulator/pattern/index.js";

/** A rule as it stands on a bus now. */
export interface BusRule {
  readonly name: string;
  readonly enabled: boolean;
  /** JSON text; undefined for a rule that runs by the clock. */
  readonly eventPattern: string | undefined;
  /** Whether AWS made it for itself, as for an archive. */
  readonly managed: boolean;
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
  return rule.enabled ? "enabled" : "disabled";
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
  return taking(rules, (pattern) => matchesText(pattern, event));
}

/**
 * The rules that take events like an example: certainly the example, or perhaps one that differs in its detail.
 * @param example the whole event as JSON text
 */
export function rulesTakingSuch(rules: readonly BusRule[], example: string): TakingRule[] {
  return taking(rules, (pattern) => {
    if (matchesText(pattern, example) === true) return true;
    return matchesText(routingOf(pattern), example) === false ? false : undefined;
  });
}

function taking(rules: readonly BusRule[], matches: (pattern: string) => boolean | undefined): TakingRule[] {
  return rules.flatMap(({ name, enabled, eventPattern, managed }): TakingRule[] => {
    const answer = managed || eventPattern === undefined ? false : matches(eventPattern);
    return answer === false
      ? []
      : [{ name, state: enabled ? "enabled" : "disabled", certain: answer === true }];
  });
}

/** Undefined if the pattern cannot be read. */
function matchesText(pattern: string, event: string): boolean | undefined {
  const parsed = parsePattern(pattern);
  const read = readJson(event);
  return parsed.ok && read.ok ? matchEvent(parsed.pattern, read.value) : undefined;
}

/** Fields that all events of a contract have alike, and that a replay gives them. */
const common = new Set(["source", "detail-type", "account", "region", "replay-name"]);

/** What a pattern says of these fields; without any it is no pattern, and nothing can be ruled out. */
function routingOf(pattern: string): string {
  const read = readJson(pattern);
  const fields = read.ok && typeof read.value === "object" && read.value !== null ? read.value : {};
  return JSON.stringify(Object.fromEntries(Object.entries(fields).filter(([name]) => common.has(name))));
}
