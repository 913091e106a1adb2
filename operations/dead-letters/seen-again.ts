import { ListRulesCommand, type Rule } from "@aws-sdk/client-eventbridge";
import { orExplain } from "../aws/failure.js";
import type { AccountSession } from "../aws/session.js";
import type { PlannedLetter } from "./plan.js";

/** Whether an event pattern (JSON text) matches an event (JSON text); undefined if it cannot be read. */
export type PatternMatches = (pattern: string, event: string) => boolean | undefined;

/** A rule of a local bus, and how many of the letters it will see when they are put back. */
export interface SeenAgain {
  readonly rule: string;
  readonly letters: number;
  /** False if the rule's pattern could not be read, so that it may see any of them. */
  readonly certain: boolean;
}

/**
 * The enabled rules of a local bus that will see these letters again: putting an event back on a bus offers it to
 * every rule there, also to those that had it.
 * @throws OperationError if the rules cannot be listed
 */
export async function rulesThatSeeAgain(
  session: AccountSession,
  busName: string,
  letters: readonly PlannedLetter[],
  matches: PatternMatches,
): Promise<SeenAgain[]> {
  const rules = await listRules(session, busName);
  return rules.flatMap(({ Name = "", EventPattern, State }): SeenAgain[] => {
    if (State === "DISABLED" || EventPattern === undefined) return [];
    const answers = letters.map(({ letter }) => matches(EventPattern, letter.body));
    const seen = answers.filter((answer) => answer !== false).length;
    return seen === 0 ? [] : [{ rule: Name, letters: seen, certain: !answers.includes(undefined) }];
  });
}

async function listRules(session: AccountSession, busName: string): Promise<Rule[]> {
  const rules: Rule[] = [];
  let token: string | undefined;
  do {
    const answer = await orExplain(
      session.eventBridge.send(
        new ListRulesCommand({ EventBusName: busName, ...(token === undefined ? {} : { NextToken: token }) }),
      ),
      `list the rules of bus ${busName}, which will see the events again`,
      session,
    );
    rules.push(...(answer.Rules ?? []));
    token = answer.NextToken;
  } while (token !== undefined);
  return rules;
}
