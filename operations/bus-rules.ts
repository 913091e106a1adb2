import { ListRulesCommand, ListTargetsByRuleCommand } from "@aws-sdk/client-eventbridge";
import { messageOf, orExplain } from "./aws/failure.js";
import type { AccountSession } from "./aws/session.js";
import { OperationError } from "./errors.js";
import type { BusRule, RuleList } from "./rule-matching.js";

/** The rules of a bus, or why they are not known: whoever only tells more with them can go on without. */
export async function askForRules(session: AccountSession, bus: string): Promise<RuleList> {
  try {
    return { kind: "listed", rules: await listBusRules(session, bus) };
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return { kind: "unknown", because: messageOf(error) };
  }
}

/** @throws OperationError if the rules cannot be listed */
export async function listBusRules(session: AccountSession, bus: string): Promise<BusRule[]> {
  const rules: BusRule[] = [];
  let token: string | undefined;
  do {
    const answer = await orExplain(
      session.eventBridge.send(
        new ListRulesCommand({ EventBusName: bus, ...(token === undefined ? {} : { NextToken: token }) }),
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
