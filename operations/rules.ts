import {
  DescribeEventBusCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
} from "@aws-sdk/client-eventbridge";
import { type JsonReading, matchEvent, parsePattern, readJson } from "event-patterns";
import { describeFailure, messageOf, nameOf, orExplain } from "./aws/failure.js";
import type { AccountSession } from "./aws/session.js";
import { OperationError } from "./run.js";

/**
 * The rules of a bus, or why they are not known: whoever only tells more with them can go on without.
 * @param prefix of the names that are meant, where a bus has rules of others, too
 */
export async function askForRules(session: AccountSession, bus: string, prefix?: string): Promise<RuleList> {
  try {
    return { kind: "listed", rules: await listBusRules(session, bus, prefix) };
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return { kind: "unknown", because: messageOf(error) };
  }
}

/** @throws OperationError if the rules cannot be listed */
async function listBusRules(
  session: AccountSession,
  bus: string,
  prefix: string | undefined,
): Promise<BusRule[]> {
  const rules: BusRule[] = [];
  let token: string | undefined;
  do {
    const answer = await orExplain(
      session.eventBridge.send(
        new ListRulesCommand({
          EventBusName: bus,
          ...(prefix === undefined ? {} : { NamePrefix: prefix }),
          ...(token === undefined ? {} : { NextToken: token }),
        }),
      ),
      `list the rules of bus ${bus} (events:ListRules)`,
      session,
    );
    for (const { Name = "", State, EventPattern, ManagedBy } of answer.Rules ?? []) {
      rules.push({
        name: Name,
        isEnabled: State !== "DISABLED",
        pattern: EventPattern,
        isManaged: ManagedBy !== undefined,
      });
    }
    token = answer.NextToken;
  } while (token !== undefined);
  return rules;
}

/**
 * The ARNs of what a rule hands events to.
 * @throws OperationError if they cannot be listed
 */
export async function listTargets(session: AccountSession, bus: string, rule: string): Promise<string[]> {
  const targets: string[] = [];
  let token: string | undefined;
  do {
    const answer = await orExplain(
      session.eventBridge.send(
        new ListTargetsByRuleCommand({
          EventBusName: bus,
          Rule: rule,
          ...(token === undefined ? {} : { NextToken: token }),
        }),
      ),
      `list the targets of rule ${rule} (events:ListTargetsByRule)`,
      session,
    );
    targets.push(...(answer.Targets ?? []).flatMap(({ Arn }) => Arn ?? []));
    token = answer.NextToken;
  } while (token !== undefined);
  return targets;
}

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

/** Whether a bus is there, as far as the role that puts events on it can see. */
export type BusSight =
  { readonly kind: "there" | "missing" } | { readonly kind: "not-seen"; readonly problem: string };

/**
 * Looks at a bus. AWS acknowledges events for a bus that is not there and drops them, so nothing may be sent before.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeEventBus.html
 */
export async function seeBus(session: AccountSession, bus: string): Promise<BusSight> {
  try {
    const { Arn } = await session.eventBridge.send(new DescribeEventBusCommand({ Name: bus }));
    if (Arn === bus) return { kind: "there" };
    return { kind: "not-seen", problem: `asked for ${bus}, AWS answered with ${Arn ?? "no bus"}` };
  } catch (error) {
    if (nameOf(error) === "ResourceNotFoundException") return { kind: "missing" };
    const problem = describeFailure(error, `look at bus ${bus} (events:DescribeEventBus)`, session, "from");
    return { kind: "not-seen", problem };
  }
}
