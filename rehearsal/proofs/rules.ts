import type { Rule } from "eventbridge-simulator";
import { sensitiveContracts } from "../../infra/registry/index.js";
import {
  type Attempt,
  failureOf,
  outcomeOf,
  type ProofCheck,
  type ProofFailure,
  requireSameEvents,
  requireThat,
} from "../claim.js";
import { arnOf } from "../emission/arns.js";
import type { LoadedAccount } from "../emission/assemble.js";
import { purposeOfRule, ruleName, type RulePurpose, wanted } from "../names.js";
import { busName, type Stage } from "../stage.js";
import { kinds } from "../kinds.js";
import { type Claim, claim, type Need } from "../needs.js";
import { queuePolicyClaim, underNoKey, wantedOf } from "../wanted.js";
import { isReduced, otherEvents } from "./sensitive-logs.js";

/** Each bus has one log, and a second rule for it where events are sensitive. */
export function eventLogNeeds(stage: Stage): Need[] {
  const { registry, environment } = stage;
  return [registry.backbone, ...registry.members].map((account) => {
    const { place, bus, logGroup, logGroupArn, queue, queueArn } = wantedOf(stage, account);
    const policy = claim(kinds.logGroupPolicy, { resourceArn: logGroupArn }, { protect: true });
    const written = (rule: string, protect: boolean, after: readonly Claim[]): Claim[] => [
      claim(kinds.rule, { name: rule, eventBusName: bus }, { protect, after }),
      claim(
        kinds.target,
        { rule, eventBusName: bus },
        {
          protect,
          has: { arn: logGroupArn, roleArn: undefined, "deadLetterConfig.arn": queueArn },
          after: [policy, queuePolicyClaim(place, queue)],
        },
      ),
    ];
    // It goes with the last sensitive contract, and takes what becomes sensitive before the other leaves it out.
    const sensitive = hasSensitive(stage) ? written("log-sensitive-events", false, []) : [];
    const has = { retentionInDays: environment.logRetentionDays, ...underNoKey(stage, "kmsKeyId") };
    return {
      account,
      what: `the event log of ${account}`,
      claims: [
        claim(kinds.logGroup, { name: logGroup }, { protect: true, has }),
        policy,
        ...sensitive,
        ...written(
          "log-all-events",
          true,
          sensitive.filter(({ kind }) => kind === kinds.target),
        ),
      ],
    };
  });
}

/** Every rule is one that the registry needs, whatever its pattern: no event goes where nobody looks. */
export function ruleChecks(stage: Stage): ProofCheck[] {
  const emitted = [...stage.loaded.accounts.values()].flatMap((account) =>
    [...account.rules].flatMap((arn): EmittedRule[] => {
      const rule = stage.world.rules.get(arn);
      return rule === undefined ? [] : [{ account, rule }];
    }),
  );
  return [
    {
      id: "rules",
      title: "every rule is a forward, an event log or the routing watch, and sends nowhere else",
      run: () => outcomeOf(emitted, (one) => ruleFailures(stage, one)),
    },
    {
      id: "patterns",
      title: hasSensitive(stage)
        ? "the rules of the event logs take every event that is not sensitive"
        : "the rules of the event logs take every event",
      run: () =>
        outcomeOf(
          emitted.filter(
            ({ account, rule }) =>
              rule.targets.some(({ arn }) => arn === account.logGroup) && !isReduced(rule),
          ),
          (one) => takesTheRest(stage, one),
        ),
    },
  ];
}

function hasSensitive({ registry }: Stage): boolean {
  return sensitiveContracts(registry).length > 0;
}

interface EmittedRule {
  /** Whose stack emits it. */
  readonly account: LoadedAccount;
  readonly rule: Rule;
}

/** What a rule must be, by the registry. */
interface WantedRule {
  readonly kind: RulePurpose["kind"];
  /** ARNs. */
  readonly bus: string;
  readonly target: string;
  /** Execution role; a log group and a topic take none. */
  readonly role: string | undefined;
  readonly queue: string;
}

function ruleFailures(stage: Stage, { account, rule }: EmittedRule): ProofFailure[] {
  const { arn, busArn, enabled, targets } = rule;
  const about = (
    attempt: string,
    mend: string,
    [expected, found]: readonly [string, string] | readonly [] = [],
  ): Attempt => ({
    account: account.name,
    step: "read the rules",
    attempt: `rule ${arn} ${attempt}`,
    expected,
    found,
    at: [arn],
    mend,
  });
  const purpose = purposeOf(stage, account, rule);
  if (purpose === undefined) {
    const sends = targets.map(({ id, arn: to }) => `sends to ${to} (target ${id})`).join(" and ");
    return [
      failureOf(
        about(
          `${sends || "has no target"}, which nothing in the registry asks for`,
          `remove rule and target from the stack of ${account.name}, or add what it is for to the registry`,
        ),
      ),
    ];
  }
  const must = wantedRule(stage, account, purpose);
  const found = targets.map(({ arn: to }) => to).join(" and ") || "no target";
  const wantedArn = arnOf.rule(
    { accountId: account.id, region: account.region },
    busName(must.bus),
    ruleName(arn),
  );
  return [
    ...requireThat(busArn === must.bus, {
      ...about(
        `is on bus ${busName(busArn)}; it should be on ${busName(must.bus)}`,
        `give the rule and its target the eventBusName ${busName(must.bus)}`,
        [must.bus, busArn],
      ),
      at: [arn, wantedArn],
    }),
    ...requireThat(
      targets.length === 1,
      about(
        `has ${targets.length} targets, not one: ${found}`,
        `emit one target, ${must.target}, and remove any other`,
        [must.target, found],
      ),
    ),
    ...(targets.length > 1 ? [] : targets).flatMap(({ id, arn: to }) =>
      requireThat(
        to === must.target,
        about(
          `sends to ${to} (target ${id}); it should send to ${must.target}`,
          `let the target's arn be ${must.target}`,
          [must.target, to],
        ),
      ),
    ),
    ...targets
      .filter(({ arn: to }) => to === must.target)
      .flatMap((target) => targetProblems(stage, must, target))
      .map(({ problem, mend, values }) => failureOf(about(problem, mend, values))),
    ...requireThat(enabled, about("is disabled", "let its state be ENABLED", ["ENABLED", "DISABLED"])),
  ];
}

interface TargetProblem {
  readonly problem: string;
  readonly mend: string;
  /** What is wanted, what is emitted. */
  readonly values?: readonly [string, string];
}

function targetProblems(
  stage: Stage,
  must: WantedRule,
  { arn, roleArn, deadLetterArn, inputTransformer }: Rule["targets"][number],
): TargetProblem[] {
  const problems: TargetProblem[] = [];
  if (roleArn !== must.role) {
    const without = `sends to ${arn} without an execution role (roleArn); it should be by ${String(must.role)}`;
    const needless = `sends to ${arn} by role ${String(roleArn)}, but needs none`;
    const other = `sends to ${arn} by role ${String(roleArn)}; it should be by ${String(must.role)}`;
    problems.push({
      problem: roleArn === undefined ? without : must.role === undefined ? needless : other,
      mend:
        must.role === undefined ? "remove the target's roleArn" : `let the target's roleArn be ${must.role}`,
      values: [must.role ?? "no role", roleArn ?? "no role"],
    });
  }
  if (deadLetterArn !== must.queue) {
    problems.push({
      problem: `keeps what ${arn} refuses in ${deadLetterArn ?? "no queue"}; it should be ${must.queue}`,
      mend: `let the target's deadLetterConfig name ${must.queue}`,
      values: [must.queue, deadLetterArn ?? "no queue"],
    });
  }
  // What the event log may hold in place of a sensitive event has claims of its own.
  if (inputTransformer !== undefined && !(must.kind === "event log" && hasSensitive(stage)))
    problems.push({
      problem: `gives ${arn} something else than the event`,
      mend: "remove the target's inputTransformer",
    });
  return problems;
}

function wantedRule(stage: Stage, { name, ...account }: LoadedAccount, purpose: RulePurpose): WantedRule {
  const queue = wanted.deadLetterQueue(stage, name);
  const common = { kind: purpose.kind, bus: stage.busOf(name), role: undefined, queue };
  switch (purpose.kind) {
    case "event log":
      return { ...common, target: wanted.logGroup(stage, name) };
    case "routing watch":
      return { ...common, bus: defaultBus(account), target: wanted.topic(stage, name) };
    case "forward": {
      const { member } = purpose;
      return { ...common, target: stage.busOf(member), role: wanted.forwardRole(stage, member) };
    }
  }
}

/** What a rule is for: by its name, or else by where it stands and what it sends to. */
function purposeOf(
  stage: Stage,
  account: LoadedAccount,
  { arn, busArn, targets }: Rule,
): RulePurpose | undefined {
  const { registry, environment } = stage;
  const byName = purposeOfRule(stage, account.name, ruleName(arn));
  if (byName !== undefined) return byName;
  const purposes: RulePurpose[] = [
    { kind: "event log" },
    ...(account.name === registry.backbone
      ? registry.members.map((member): RulePurpose => ({ kind: "forward", member }))
      : []),
    ...(account.name === registry.backbone && environment.auditTrail !== undefined
      ? [{ kind: "routing watch" } as const]
      : []),
  ];
  return purposes.find((purpose) => {
    const { bus, target } = wantedRule(stage, account, purpose);
    return bus === busArn && targets.some(({ arn: to }) => to === target);
  });
}

/** ARN of the bus on which AWS tells what happens in an account. */
export function defaultBus({ region, id: accountId }: Pick<LoadedAccount, "region" | "id">): string {
  return arnOf.bus({ region, accountId }, "default");
}

function takesTheRest(
  stage: Stage,
  { account: { name }, rule: { arn, pattern } }: EmittedRule,
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
