import { ListRulesCommand, type Rule } from "@aws-sdk/client-eventbridge";
import { orExplain } from "../aws/failure.js";
import type { AccountSession } from "../aws/session.js";

/** A rule that stands on a bus. */
export interface BusRule {
  readonly name: string;
  readonly arn: string;
  readonly isEnabled: boolean;
  /** JSON text; undefined for one that runs by the clock. */
  readonly pattern: string | undefined;
  /** Made by AWS itself, as an archive's is. */
  readonly isManaged: boolean;
}

/** @throws OperationError if the rules cannot be listed */
export async function listRules(session: AccountSession, busName: string): Promise<BusRule[]> {
  const rules: BusRule[] = [];
  let token: string | undefined;
  do {
    const answer = await orExplain(
      session.eventBridge.send(
        new ListRulesCommand({ EventBusName: busName, ...(token === undefined ? {} : { NextToken: token }) }),
      ),
      `list the rules of bus ${busName} (events:ListRules)`,
      session,
    );
    rules.push(...(answer.Rules ?? []).map(busRule));
    token = answer.NextToken;
  } while (token !== undefined);
  return rules;
}

function busRule({ Name = "", Arn = "", State, EventPattern, ManagedBy }: Rule): BusRule {
  return {
    name: Name,
    arn: Arn,
    isEnabled: State !== "DISABLED",
    pattern: EventPattern,
    isManaged: ManagedBy !== undefined,
  };
}
