import type { ProofCheck } from "../claim.js";
import { arnOf } from "../emission/arns.js";
import type { LoadedAccount } from "../emission/assemble.js";
import { kinds } from "../kinds.js";
import { claim, type Need } from "../needs.js";
import type { May, Saying, Who } from "../policies/may.js";
import type { Stage } from "../stage.js";
import { policiesOf, policyCheck, type RoleUse, takeOn } from "./policies.js";
import { gives } from "./subscription-policies.js";
import { subscribedIn } from "../subscribed.js";
import { type Forward, forwardsOf } from "../forwards.js";
import { wantedOf } from "../wanted.js";

/** Each account has one role that puts its dead letters back. */
export function redriveNeeds(stage: Stage): Need[] {
  return [stage.registry.backbone, ...stage.registry.members].map((account) => {
    const { redriveRole: name } = wantedOf(stage, account);
    return {
      account,
      what: `the redrive of ${account}`,
      claims: [claim(kinds.role, { name }), claim(kinds.rolePolicy, { role: name })],
    };
  });
}

/** Who takes on an emitted role, and what it may do then. */
export function rolePolicyChecks(stage: Stage): ProofCheck[] {
  const { registry } = stage;
  const { backbone } = registry;
  return [
    ...forwardsOf(stage).map((forward) =>
      policyCheck(
        stage,
        {
          id: `forward-role:${forward.claim}`,
          title: `the rules of ${forward.title} take on its role, which puts events on the bus of ${forward.to}, and nobody else and nowhere else`,
          account: forward.from.account,
        },
        () => policiesOf(stage, forward.roleArn, forwarding(stage, forward)),
      ),
    ),
    ...[backbone, ...registry.members].map((name) =>
      policyCheck(
        stage,
        {
          id: `redrive-role:${name}`,
          title: `administrators of ${name} take on its redrive role, which puts its dead letters where they belong, and nothing else`,
          account: name,
        },
        () =>
          policiesOf(stage, wantedOf(stage, name).redriveRoleArn, {
            trust: { who: redrivers(stage, name), actions: takeOn },
            allows: redriving(stage, stage.account(name)),
          }),
      ),
    ),
  ];
}

/** Whoever the account lets, or those of them whom the environment names. */
function redrivers({ environment, account }: Stage, name: string): Who[] {
  const { id: accountId, region } = account(name);
  const names = environment.roles?.redrivers;
  return names === undefined
    ? [{ account: accountId }]
    : names.map((role) => ({ role: arnOf.role({ region, accountId }, role) }));
}

/** The rules of a forward, those included that a division of it adds later. */
function forwarding(stage: Stage, { to, rules }: Forward): RoleUse {
  return {
    trust: { who: [{ service: "events.amazonaws.com", for: rules }], actions: takeOn },
    allows: { must: [{ actions: ["events:PutEvents"], resources: [stage.busOf(to)] }] },
  };
}

/** Takes the account's letters, and puts them on the buses that they belong on, or gives them to what a subscription names. */
function redriving(stage: Stage, account: LoadedAccount): Saying {
  const { registry, environment, busOf, world } = stage;
  const { prefix, region, organizationId } = environment;
  const subscribed = subscribedIn(stage, account.name);
  const letters = subscribed.flatMap(({ made }) => made?.lettersArn ?? []);
  const takes: May = {
    actions: [
      "sqs:ChangeMessageVisibility",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
      "sqs:ReceiveMessage",
    ],
    resources: [wantedOf(stage, account.name).queueArn, ...letters],
  };
  const given = subscribed.flatMap((one) => gives(one, "first"));
  const puts = (resources: readonly string[], organization?: string): May => ({
    actions: ["events:PutEvents", "events:DescribeEventBus"],
    resources,
    organization,
  });
  if (account.name !== registry.backbone) return { must: [takes, puts([account.bus ?? ""]), ...given] };
  const shared = registry.members.every(stage.sharesBackbone);
  const own = (name: string) => world.organizations.get(stage.account(name).id);
  const accountId = shared ? account.id : "*";
  return {
    must: [takes, ...registry.members.map((name) => puts([busOf(name)], shared ? undefined : own(name)))],
    // One wildcard, whatever the number of members; each bus says whom it admits.
    may: [puts([arnOf.bus({ region, accountId }, `${prefix}-*`)], shared ? undefined : organizationId)],
    never: [puts([busOf(registry.backbone)])],
  };
}
