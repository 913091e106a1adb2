import type { Rule } from "eventbridge-simulator";
import { sensitiveContracts } from "../../infra/registry/index.js";
import { outcomeOf, type ProofCheck, type ProofFailure, requireSameEvents } from "../claim.js";
import { arnOf } from "../emission/arns.js";
import type { LoadedAccount } from "../emission/assemble.js";
import { kinds } from "../kinds.js";
import { type Claim, claim, type Need } from "../needs.js";
import { parameter, redriveRoles, type Stage } from "../stage.js";
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
      run: () => {
        const sending: Sending = { members: membersByBus(stage), forwardRoles: forwardRoles(stage) };
        return outcomeOf(emitted, (one) => strangeRule(stage, sending, one));
      },
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

interface Sending {
  /** Members by the ARN of their bus. */
  readonly members: ReadonlyMap<string, string>;
  /** ARNs of the roles that a rule may send by: people take on the others. */
  readonly forwardRoles: ReadonlySet<string>;
}

function membersByBus({ registry, busOf }: Stage): Sending["members"] {
  return new Map(registry.members.map((member) => [busOf(member), member]));
}

function forwardRoles(stage: Stage): Sending["forwardRoles"] {
  const redrive = redriveRoles(stage);
  return new Set([...stage.world.roles.keys()].filter((arn) => !redrive.has(arn)));
}

function strangeRule(stage: Stage, sending: Sending, { account, rule }: EmittedRule): ProofFailure[] {
  const { arn, enabled, targets } = rule;
  const problems = [
    ...(enabled ? [] : ["is disabled"]),
    ...(targets.length === 1 ? [] : [`has ${targets.length} targets, not one`]),
    ...targets.flatMap((target) => strangeTarget(stage, sending, account, rule, target)),
  ];
  return problems.map((problem) => ({
    account: account.name,
    step: "read the rules",
    problem: `rule ${arn} ${problem}`,
    mend: `remove what no route or setting of the registry asks for from the stack of ${account.name}; a rule is enabled, and has one target and the account's dead-letter queue`,
    evidence: [],
  }));
}

function strangeTarget(
  stage: Stage,
  sending: Sending,
  account: LoadedAccount,
  { busArn }: Rule,
  { id, arn, roleArn, deadLetterArn, inputTransformer }: Rule["targets"][number],
): string[] {
  const use = useOf(stage, sending, account, busArn, arn);
  if (use === undefined) return [`sends to ${arn} (target ${id}), which nothing in the registry asks for`];
  const queue = parameter(stage, account.name, "dead-letter-queue-arn");
  const hasRole = roleArn !== undefined;
  const byForwardRole = hasRole && sending.forwardRoles.has(roleArn);
  return [
    ...(use === "forward" && !byForwardRole
      ? [`sends to ${arn} by ${roleArn ?? "no role"}, which is no forward role`]
      : []),
    ...(use !== "forward" && hasRole ? [`sends to ${arn} by role ${roleArn}, but needs none`] : []),
    // What the event log may hold in place of a sensitive event has claims of its own.
    ...(inputTransformer !== undefined && !(use === "event log" && hasSensitive(stage))
      ? [`gives ${arn} something else than the event`]
      : []),
    ...(deadLetterArn !== undefined && deadLetterArn === queue
      ? []
      : [`keeps what ${arn} refuses in ${deadLetterArn ?? "no queue"}, not in ${queue ?? "a known one"}`]),
  ];
}

/** What a rule is for, by where it stands and what it sends to; undefined if that is nothing. */
function useOf(
  { registry, environment }: Stage,
  { members }: Sending,
  account: LoadedAccount,
  bus: string,
  target: string,
): "forward" | "event log" | "routing watch" | undefined {
  if (bus === account.bus && target === account.logGroup) return "event log";
  if (account.name !== registry.backbone) return undefined;
  if (bus === account.bus && members.has(target)) return "forward";
  const tellsPeople = account.switchedOn.topics.some(({ arn }) => arn === target);
  const isWatched = environment.auditTrail !== undefined;
  return isWatched && bus === defaultBus(account) && tellsPeople ? "routing watch" : undefined;
}

/** ARN of the bus on which AWS tells what happens in an account. */
export function defaultBus({ region, id: accountId }: LoadedAccount): string {
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
    mend: hasSensitive(stage)
      ? "let the rule of the log match every event but those of sensitive contracts, declared or not"
      : 'let the rule of the log match every event: {"source":[{"prefix":""}]}',
  };
  return requireSameEvents(about, [otherEvents(stage.registry)], [pattern]);
}
