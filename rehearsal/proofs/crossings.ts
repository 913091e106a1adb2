import {
  type CallerData,
  checkForeignRule,
  checkForgedForward,
  checkPublisher,
  compileIdentity,
} from "eventbridge-simulator";
import { outcomeOf, type ProofCheck, requireRefusal } from "../claim.js";
import { arnOf } from "../emission/arns.js";
import { isFor, wanted } from "../names.js";
import { attackerOf, busName, outsider, redriveRoles, someClaims, type Stage } from "../stage.js";

/** What must not get onto a local bus, into a log, into a queue, or into a role. */
export function crossingChecks(stage: Stage): ProofCheck[] {
  return [
    ...stage.registry.members.map((member) => directCheck(stage, member)),
    ...stage.registry.members.map((member) => forgedForwardCheck(stage, member)),
    ...stage.registry.members.flatMap((member) => backwardsCheck(stage, member)),
    strangerForwardCheck(stage),
    roleCheck(stage),
    ...[...stage.loaded.accounts.keys()].map((account) => foreignDeliveryCheck(stage, account)),
  ];
}

interface NamedCaller {
  readonly who: string;
  readonly caller: CallerData;
}

/** A role of every account that may do anything there, and a stranger's. */
function everybody(stage: Stage): NamedCaller[] {
  const inside = [...stage.registry.accounts.keys()].flatMap((account): NamedCaller[] => {
    const caller = attackerOf(stage, account);
    return caller === undefined ? [] : [{ who: `an administrator's role of ${account}`, caller }];
  });
  const { role, id } = outsider(stage, "stranger");
  return [...inside, { who: `a role of account ${id}, which the registry does not know,`, caller: role }];
}

function directCheck(stage: Stage, member: string): ProofCheck {
  const bus = stage.busOf(member);
  return {
    id: `direct:${member}`,
    title: `nobody can put events on the local bus of ${member} directly`,
    run: () =>
      outcomeOf(everybody(stage), ({ who, caller }) => {
        const identity = compileIdentity(caller);
        if (identity === undefined) return [];
        return requireRefusal(
          {
            account: member,
            step: "put events on a local bus",
            attempt: `${who} puts an event on ${bus}`,
            mend: `the policy of ${bus} must deny everybody but its forward role and the redrive roles`,
          },
          (evidence) => [checkPublisher(stage.world, identity, bus, someClaims(stage), evidence)],
        );
      }),
  };
}

/** Another rule and role of the backbone account, or of a stranger, that sends to a local bus. */
function forgedForwardCheck(stage: Stage, member: string): ProofCheck {
  const bus = stage.busOf(member);
  const { registry, loaded } = stage;
  const backbone = stage.account(registry.backbone);
  const { role, id } = outsider(stage, "forger");
  // EventBridge cannot take on a redrive role, as the check of the execution roles shows for every role.
  const redrive = redriveRoles(stage);
  const others = loaded.data.roles.filter(
    ({ arn }) =>
      isOfAccount(arn, backbone.id) && arn !== wanted.forwardRole(stage, member) && !redrive.has(arn),
  );
  const forgers: NamedCaller[] = [
    {
      who: `another role of ${registry.backbone}`,
      caller: { ...role, arn: arnOf.role(placeOf(stage, backbone.id), "forger") },
    },
    { who: `a role of account ${id}, which the registry does not know,`, caller: role },
    // The forward roles of other members carry their own narrow policies.
    ...others.map((other) => ({
      who: `the role ${other.arn}`,
      caller: { arn: other.arn, policies: other.inlinePolicies },
    })),
  ];
  return {
    id: `forged-forward:${member}`,
    title: `no rule but ${member}'s own forward can send to its local bus`,
    run: () =>
      outcomeOf(forgers, ({ who, caller }) =>
        requireRefusal(
          {
            account: member,
            step: "forward",
            attempt: `a rule with ${who} as execution role sends to ${bus}`,
            mend: `the policy of ${bus} must admit its forward role only, and each execution role may put to its own bus only`,
          },
          (evidence) => {
            const check = checkForgedForward(
              stage.world,
              {
                ruleArn: forgedRule(stage, backbone.id),
                executionRole: caller,
                busArn: bus,
                claims: someClaims(stage),
              },
              evidence,
            );
            return check === undefined ? [] : [check];
          },
        ),
      ),
  };
}

/**
 * A member's rule that sends what its local bus receives back to the global bus. Where accounts share one AWS
 * account it is not documented what such a request says of itself, so there only foreign events are tried: the
 * publisher policy refuses those. The one-hop limit is proven by itself.
 */
function backwardsCheck(stage: Stage, member: string): ProofCheck[] {
  const caller = attackerOf(stage, member);
  if (caller === undefined) return [];
  const bus = stage.busOf(stage.registry.backbone);
  const contracts = [...stage.registry.contracts.values()].filter(
    ({ publishers }) =>
      !stage.sharesBackbone(member) || publishers.every(({ account }) => account !== member),
  );
  const rule = arnOf.rule(
    placeOf(stage, stage.account(member).id),
    busName(stage.busOf(member)),
    "backwards",
  );
  return [
    {
      id: `backwards:${member}`,
      title: `${member} cannot forward from its local bus to the global bus`,
      run: () =>
        outcomeOf(contracts, ({ key, source, detailType }) =>
          requireRefusal(
            {
              contract: key,
              account: member,
              step: "forward to the global bus",
              attempt: `a rule on the local bus of ${member} sends ${source} "${detailType}" to ${bus}`,
              mend: "the global bus policy must deny whatever a rule of another bus sends",
            },
            (evidence) => {
              const claims = { sources: [source], detailTypes: [detailType] };
              const check = checkForgedForward(
                stage.world,
                { ruleArn: rule, executionRole: caller, busArn: bus, claims },
                evidence,
              );
              return check === undefined ? [] : [check];
            },
          ),
        ),
    },
  ];
}

function strangerForwardCheck(stage: Stage): ProofCheck {
  const { id, role } = outsider(stage, "forger");
  const bus = stage.busOf(stage.registry.backbone);
  return {
    id: "stranger-forward",
    title: "an account outside the registry cannot forward to the global bus",
    run: () =>
      outcomeOf(stage.registry.contracts.values(), ({ key, source, detailType }) =>
        requireRefusal(
          {
            contract: key,
            step: "forward to the global bus",
            attempt: `a rule of account ${id}, which the registry does not know, sends ${source} "${detailType}" to ${bus}`,
            mend: "the global bus policy must allow the registry's accounts only, and deny whatever a rule sends",
          },
          (evidence) => {
            const claims = { sources: [source], detailTypes: [detailType] };
            const ruleArn = arnOf.rule(placeOf(stage, id), "theirs", "forged");
            const check = checkForgedForward(
              stage.world,
              { ruleArn, executionRole: role, busArn: bus, claims },
              evidence,
            );
            return check === undefined ? [] : [check];
          },
        ),
      ),
  };
}

/** Rules that are not ours: another of the same bus, and one of a stranger with the same names. */
function foreignRules(stage: Stage, busArn: string): string[] {
  const { id } = outsider(stage, "stranger");
  const name = busName(busArn);
  const own = [...stage.world.rules.values()].filter((rule) => rule.busArn === busArn).map(({ arn }) => arn);
  return [
    ...own.map((arn) => arn.replace(/^((?:[^:]*:){4})\d{12}/, `$1${id}`)),
    arnOf.rule(placeOf(stage, id), name, "forged"),
  ];
}

function roleCheck(stage: Stage): ProofCheck {
  const bus = stage.busOf(stage.registry.backbone);
  const forwards = new Map(
    stage.registry.members.map((member) => [wanted.forwardRole(stage, member), member] as const),
  );
  const users = new Map([...stage.world.roles.keys()].map((role) => [role, forwards.get(role)] as const));
  const forged = arnOf.rule(
    placeOf(stage, stage.account(stage.registry.backbone).id),
    busName(bus),
    "forged",
  );
  const others = [...foreignRules(stage, bus), forged];
  return {
    id: "execution-roles",
    title: "no rule but those it belongs to can take on an execution role",
    run: () =>
      outcomeOf(users, ([role, member]) =>
        [...others, ...anotherRule(stage, member)].flatMap((rule) =>
          requireRefusal(
            {
              step: "assume the execution role",
              attempt: `rule ${rule} takes on ${role}`,
              mend: `the trust policy of ${role} must name its own rules and their account`,
            },
            (evidence) => checkForeignRule(stage.world, rule, role, evidence),
          ),
        ),
      ),
  };
}

/** One emitted rule that a role does not belong to: enough, since trust names rules one by one. */
function anotherRule(stage: Stage, member: string | undefined): string[] {
  const other = [...stage.world.rules.keys()].find(
    (rule) => member === undefined || !isFor(stage, rule, "forward", member),
  );
  return other === undefined ? [] : [other];
}

/** Log groups and queues of an account take nothing from rules that are not of its bus. */
function foreignDeliveryCheck(stage: Stage, account: string): ProofCheck {
  const { id, bus = "", logGroups, queues } = stage.account(account);
  const place = placeOf(stage, id);
  const otherBus = arnOf.rule(place, "somebody-elses-bus", "forged");
  const cases = [
    ...logGroups.flatMap((arn) =>
      [...foreignRules(stage, bus), otherBus, arnOf.rule(place, busName(bus), "forged")].map((rule) => ({
        arn,
        rule,
      })),
    ),
    ...queues.flatMap((arn) => [...foreignRules(stage, bus), otherBus].map((rule) => ({ arn, rule }))),
  ];
  return {
    id: `foreign-delivery:${account}`,
    title: `foreign rules can write neither to the event log nor to the dead-letter queue of ${account}`,
    run: () =>
      outcomeOf(cases, ({ arn, rule }) =>
        requireRefusal(
          {
            account,
            step: "deliver to a log group or queue",
            attempt: `the policy of ${arn} lets EventBridge write for rule ${rule}`,
            mend: `the policy of ${arn} must be limited to the account's own rules by aws:SourceArn`,
          },
          (evidence) => checkForeignRule(stage.world, rule, arn, evidence),
        ),
      ),
  };
}

function forgedRule(stage: Stage, accountId: string): string {
  return arnOf.rule(placeOf(stage, accountId), busName(stage.busOf(stage.registry.backbone)), "forged");
}

function isOfAccount(arn: string, accountId: string): boolean {
  return arn.split(":")[4] === accountId;
}

function placeOf({ environment }: Stage, accountId: string) {
  return { region: environment.region, accountId };
}
