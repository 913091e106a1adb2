import type { Rule } from "eventbridge-simulator";
import { sensitiveContracts } from "../../infra/registry/index.js";
import { outcomeOf, type ProofCheck, type ProofFailure, requireSameEvents } from "../claim.js";
import { arnOf } from "../emission/arns.js";
import type { LoadedAccount } from "../emission/assemble.js";
import type { Expectations } from "../expectations.js";
import { kinds } from "../kinds.js";
import { claim, type Need } from "../needs.js";
import type { Stage } from "../stage.js";
import { type RuleState, ruleClaims, underNoKey, wantedOf, logRules } from "../wanted.js";
import { isReduced, otherEvents } from "./sensitive-logs.js";

/** Each bus has one log, and a second rule for it where events are sensitive. */
export function eventLogNeeds(stage: Stage, { forwards }: Expectations): Need[] {
  const { registry, environment } = stage;
  return [registry.backbone, ...registry.members].map((account) => {
    const wanted = wantedOf(stage, account);
    const { bus, logGroup, logGroupArn } = wanted;
    const policy = claim(kinds.logGroupPolicy, { resourceArn: logGroupArn }, { protect: true });
    const sends = { arn: logGroupArn, roleArn: undefined };
    const after = [policy];
    // What a rule must ask for it must ask for wherever the event comes by.
    const asks = forwards.some(({ to, taken }) => to === account && taken.reading.length > 0);
    const states: readonly RuleState[] = [asks ? "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" : "ENABLED"];
    // It goes with the last sensitive contract, and takes what becomes sensitive before the other leaves it out. What it
    // writes instead of an event has claims of its own.
    const sensitive = hasSensitive(stage)
      ? ruleClaims(wanted, { name: logRules.sensitive, eventBusName: bus }, { sends, after, states })
      : [];
    const has = { retentionInDays: environment.logRetentionDays, ...underNoKey(stage, "kmsKeyId") };
    return {
      account,
      what: `the event log of ${account}`,
      claims: [
        claim(kinds.logGroup, { name: logGroup }, { protect: true, has }),
        policy,
        ...sensitive,
        ...ruleClaims(
          wanted,
          { name: logRules.all, eventBusName: bus },
          {
            sends: { ...sends, inputTransformer: undefined },
            after,
            states,
            protect: true,
            last: sensitive.filter(({ kind }) => kind === kinds.target),
          },
        ),
      ],
    };
  });
}

/** The log of a bus leaves out nothing but what is logged otherwise. */
export function ruleChecks(stage: Stage): ProofCheck[] {
  const logging = [...stage.loaded.accounts.values()].flatMap((account) =>
    [...account.rules]
      .flatMap((arn) => stage.world.rules.get(arn) ?? [])
      .filter((rule) => rule.targets.some(({ arn }) => arn === account.logGroup) && !isReduced(rule))
      .map((rule): LoggingRule => ({ account, rule })),
  );
  return [
    {
      id: "patterns",
      title: hasSensitive(stage)
        ? "the rules of the event logs take every event that is not sensitive"
        : "the rules of the event logs take every event",
      run: () => outcomeOf(logging, (one) => takesTheRest(stage, one)),
    },
  ];
}

function hasSensitive({ registry }: Stage): boolean {
  return sensitiveContracts(registry).length > 0;
}

interface LoggingRule {
  /** Whose stack emits it. */
  readonly account: LoadedAccount;
  readonly rule: Rule;
}

/** ARN of the bus on which AWS tells what happens in an account. */
export function defaultBus({ region, id: accountId }: Pick<LoadedAccount, "region" | "id">): string {
  return arnOf.bus({ region, accountId }, "default");
}

function takesTheRest(
  stage: Stage,
  { account: { name }, rule: { arn, pattern } }: LoggingRule,
): ProofFailure[] {
  const about = {
    account: name,
    step: "event log",
    attempt: `rule ${arn} of the event log`,
    at: [arn],
    mend: hasSensitive(stage)
      ? "let the rule of the log match every event but those of sensitive contracts, declared or not"
      : 'let the rule of the log match every event: {"source":[{"prefix":""}]}',
  };
  return requireSameEvents(about, [otherEvents(stage.registry)], [pattern]);
}
