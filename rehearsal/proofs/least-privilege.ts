import { checkForgedForward, checkPublisher, compileIdentity, type World } from "eventbridge-simulator";
import { publicationsBy, publishers } from "../../infra/registry/index.js";
import { outcomeOf, type ProofCheck, requireRefusal } from "../claim.js";
import { arnOf } from "../emission/arns.js";
import { kinds } from "../kinds.js";
import { claim, type Need } from "../needs.js";
import {
  attackerWith,
  outsider,
  publisherOf,
  publisherPolicy,
  rebuild,
  redriveRoles,
  type Stage,
} from "../stage.js";
import { publisherPolicyName } from "./parameters.js";

/** Whoever publishes has a managed policy in each of its accounts. */
export function publisherPolicyNeeds(stage: Stage): Need[] {
  const { registry } = stage;
  return registry.members.map((account) => ({
    account,
    what: `what publishes out of ${account}`,
    claims: (registry.accounts.get(account)?.services ?? []).map((service) =>
      claim(kinds.managedPolicy, { name: publisherPolicyName(stage, service) }),
    ),
  }));
}

/**
 * What the emitted roles and policies grant by themselves, with nothing on the receiver's side to hold them:
 * every bus is open to all.
 */
export function leastPrivilegeChecks(stage: Stage): ProofCheck[] {
  const { id } = outsider(stage, "stranger");
  const elsewhere = arnOf.bus({ region: stage.environment.region, accountId: id }, "elsewhere");
  let opened: World | undefined;
  const openWorld = (): World => (opened ??= worldOfOpenBuses(stage, elsewhere));
  return [publisherCheck(stage, openWorld, elsewhere), forwardRoleCheck(stage, openWorld, elsewhere)];
}

function publisherCheck(stage: Stage, openWorld: () => World, elsewhere: string): ProofCheck {
  const globalBus = stage.busOf(stage.registry.backbone);
  return {
    id: "publisher-policies",
    title:
      "a publisher policy grants its own source on the global bus, denies others there, and says no more",
    run: () =>
      outcomeOf(publishers(stage.registry), ({ service, account }) => {
        const policy = publisherPolicy(stage, { service, account });
        const publisher = compileIdentity(publisherOf(stage, { service, account }));
        const mighty = compileIdentity(attackerWith(stage, account, policy));
        if (policy === undefined || publisher === undefined || mighty === undefined) return [];
        const common = { account, step: "publish by the managed policy alone" };
        const publications = publicationsBy(stage.publications, { service, account });
        const sources = publications.map(({ source }) => source);
        const own = { sources: sources.slice(0, 1), detailTypes: ["Something"] };
        const foreign = { sources: ["com.foreign"], detailTypes: ["Something"] };
        const asks = (
          bus: string,
          identity: typeof publisher,
          claims: typeof own,
          evidence: "brief" | "full",
        ) => checkPublisher(openWorld(), identity, bus, claims, evidence);
        const holdsElsewhere = asks(elsewhere, mighty, foreign, "full").verdict.outcome !== "allowed";
        return [
          ...requireRefusal(
            {
              ...common,
              attempt: `the publisher role of ${service} puts an event on ${elsewhere}`,
              mend: `the managed policy ${policy.name} must allow the global bus only`,
            },
            (evidence) => [asks(elsewhere, publisher, own, evidence)],
          ),
          ...requireRefusal(
            {
              ...common,
              attempt: `a role that may do anything and carries ${policy.name} claims another source on ${globalBus}`,
              mend: `the managed policy ${policy.name} must deny every source but ${sources.join(", ")} on the global bus`,
            },
            (evidence) => [asks(globalBus, mighty, foreign, evidence)],
          ),
          ...publications.flatMap(({ source, detailTypes }) =>
            (stage.declared.get(source) ?? [])
              .filter((type) => !detailTypes.includes(type))
              .flatMap((type) =>
                requireRefusal(
                  {
                    ...common,
                    attempt: `a role that may do anything and carries ${policy.name} claims ${source} "${type}", which others publish, on ${globalBus}`,
                    mend: `the managed policy ${policy.name} must deny what ${service} does not publish under ${source}`,
                  },
                  (evidence) => [
                    asks(globalBus, mighty, { sources: [source], detailTypes: [type] }, evidence),
                  ],
                ),
              ),
          ),
          ...(holdsElsewhere
            ? [
                {
                  ...common,
                  problem: `${policy.name} keeps a role from other buses too, which are none of its business`,
                  mend: `limit the Deny statement of ${policy.name} to the global bus`,
                  evidence: [],
                },
              ]
            : []),
        ];
      }),
  };
}

function forwardRoleCheck(stage: Stage, openWorld: () => World, elsewhere: string): ProofCheck {
  const claims = { sources: ["com.example"], detailTypes: ["Something"] };
  const backbone = stage.account(stage.registry.backbone);
  const rule = arnOf.rule({ region: backbone.region, accountId: backbone.id }, "any-bus", "any-rule");
  const redrive = redriveRoles(stage);
  const roles = stage.loaded.data.roles.filter(({ arn }) => !redrive.has(arn));
  return {
    id: "forward-roles",
    title: "an execution role can put events on its own local bus only",
    run: () =>
      outcomeOf(roles, (role) => {
        const own = new Set(
          [...stage.world.rules.values()].flatMap(({ targets }) =>
            targets.filter(({ roleArn }) => roleArn === role.arn).map(({ arn }) => arn),
          ),
        );
        const others = [
          elsewhere,
          ...[...stage.world.buses.keys()].filter((bus) => !own.has(bus)).slice(0, 2),
        ];
        return others.flatMap((busArn) =>
          requireRefusal(
            {
              step: "forward elsewhere",
              attempt: `a rule with the execution role ${role.arn} sends to ${busArn}`,
              mend: `the policy of ${role.arn} must allow its member's bus only`,
            },
            (evidence) => {
              const executionRole = { arn: role.arn, policies: role.inlinePolicies };
              const check = checkForgedForward(
                openWorld(),
                { ruleArn: rule, executionRole, busArn, claims },
                evidence,
              );
              return check === undefined ? [] : [check];
            },
          ),
        );
      }),
  };
}

/** Naming accounts, and not everybody, leaves the decision to the identity policies even inside one account. */
export function worldOfOpenBuses({ loaded }: Stage, ...elsewhere: readonly string[]): World {
  const everyAccount = loaded.data.accounts.map(({ id }) => id);
  const open = (arn: string) => ({
    arn,
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Open",
          Effect: "Allow",
          Principal: { AWS: everyAccount },
          Action: ["events:DescribeEventBus", "events:PutEvents"],
          Resource: arn,
        },
      ],
    }),
  });
  return rebuild({
    ...loaded.data,
    buses: [...loaded.data.buses.map(({ arn }) => open(arn)), ...elsewhere.map(open)],
  });
}
