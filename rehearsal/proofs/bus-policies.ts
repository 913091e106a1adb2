import { readPolicyOnce } from "eventbridge-simulator";
import {
  hasEventsOfAws,
  byText,
  declaredTypes,
  groupBy,
  outsideMembers,
  publicationsBy,
  type Publisher,
  publishers,
} from "../../infra/registry/index.js";
import type { ProofCheck } from "../claim.js";
import { arnOf } from "../emission/arns.js";
import type { LoadedAccount } from "../emission/assemble.js";
import { kinds } from "../kinds.js";
import { awsForwardRoles, forwardsOf } from "../forwards.js";
import { claim, type Need } from "../needs.js";
import { accountOf } from "../policies/classes.js";
import type { May, Several, Who } from "../policies/may.js";
import { type Stage } from "../stage.js";
import { type Policy, policyCheck } from "./policies.js";
import { publisherPolicyArn, publisherPolicyName, publishingServices, wantedOf } from "../wanted.js";

const put = ["events:PutEvents"];
const see = ["events:DescribeEventBus"];

/** Whoever publishes has a managed policy in each of its accounts. */
export function publisherPolicyNeeds(stage: Stage): Need[] {
  const { registry } = stage;
  return registry.members.map((account) => ({
    account,
    what: `what publishes out of ${account}`,
    claims: publishingServices(stage, account).map((service) =>
      claim(kinds.managedPolicy, { name: publisherPolicyName(stage, service) }),
    ),
  }));
}

/** Who puts events on which bus, whoever asks and whatever the events say. */
export function busPolicyChecks(stage: Stage): ProofCheck[] {
  const { registry, world, environment } = stage;
  const policyOf = (account: string) => {
    const of = stage.busOf(account);
    return { of, kind: "bus policy", policies: world.buses.get(of)?.policies ?? [] };
  };
  const publishing = publishers(registry).filter(
    (publisher) => publicationsBy(stage.publications, publisher).length > 0,
  );
  const isOpen = environment.publishing === "organisation";
  const outside = outsideMembers(registry, environment);
  const but = outside.length === 0 ? "" : ` but for ${outside.join(", ")},`;
  const outsidePublishing = publishingOutside(stage)
    .map((member) => `, and ${member} outside it,`)
    .join("");
  const from =
    environment.organizationId === undefined ? "" : ` from inside ${environment.organizationId}${but}`;
  return [
    policyCheck(
      stage,
      {
        id: "global-bus",
        title: isOpen
          ? `every account of ${String(environment.organizationId)}${outsidePublishing} puts events on the global bus, directly and with source and detail-type, and nobody else does`
          : `accounts publish their own contracts on the global bus${from} and nothing else; nothing is forwarded there`,
        account: registry.backbone,
      },
      () => [
        { ...policyOf(registry.backbone), ...(isOpen ? onOpenBus(stage) : onGlobalBus(stage)) },
        ...onDefaultBus(stage, registry.backbone),
      ],
    ),
    ...publishing.map((publisher) =>
      policyCheck(
        stage,
        {
          id: `publisher-policy:${publisher.service}:${publisher.account}`,
          title: `the publisher policy of ${publisher.service} in ${publisher.account} grants its own sources on the global bus, denies others there, and says no more`,
          account: publisher.account,
        },
        () => publisherPolicies(stage, publisher),
      ),
    ),
    ...registry.members.map((member) =>
      policyCheck(
        stage,
        {
          id: `local-bus:${member}`,
          title: `only its forwards and the redrive roles put events on the local bus of ${member}`,
          account: member,
        },
        () => [
          { ...policyOf(member), ...onLocalBus(stage, stage.account(member)) },
          ...onDefaultBus(stage, member),
        ],
      ),
    ),
  ];
}

/** Every account has a default bus; the backbone lets nobody put anything there. */
function onDefaultBus({ world, account }: Stage, name: string): Policy[] {
  const { id: accountId, region } = account(name);
  const of = arnOf.bus({ accountId, region }, "default");
  const policies = world.buses.get(of)?.policies ?? [];
  return policies.length === 0 ? [] : [{ of, kind: "bus policy", policies, allows: { must: [] } }];
}

/** A call that is no forward. */
const direct = { "events:eventbusinvocation": ["false"] };

/** Who publishes in an account of its own is let in; who shares the bus's account is not kept out. */
function onGlobalBus(stage: Stage): Pick<Policy, "allows" | "leaves"> {
  const { publications, environment, registry, declared } = stage;
  const published = publications.map(({ account, source, detailTypes }) => ({
    shares: stage.sharesBackbone(account),
    source,
    may: {
      who: [anybodyIn(stage, account)],
      actions: put,
      sources: { every: [source] },
      types: { every: detailTypes },
      values: direct,
    } satisfies May,
  }));
  const inside = published.filter(({ shares }) => shares);
  const sources = [...new Set(inside.map(({ source }) => source))];
  const own = { account: stage.account(registry.backbone).id };
  // What one call holds is declared, each with each: nobody can be told apart by what stands beside it.
  const together: May[] = [
    {
      who: [{ ...own, organization: environment.organizationId }],
      actions: put,
      sources: { every: sources },
      types: { every: [...new Set(sources.flatMap((source) => declared.get(source) ?? []))] },
      values: direct,
    },
  ];
  return {
    allows: {
      must: published.filter(({ shares }) => !shares).map(({ may }) => may),
      may: declaredTogether(stage).map(({ account, sources, detailTypes }) => ({
        who: [anybodyIn(stage, account)],
        actions: put,
        sources: { every: sources },
        types: { every: detailTypes },
        values: direct,
      })),
    },
    leaves: {
      must: [...inside.map(({ may }) => may), { otherActions: put }],
      may: inside.length === 0 ? [] : together,
      never: sources.map((source) => ({
        actions: put,
        sources: { some: [source] },
        types: {
          someBut: publications
            .filter((one) => one.source === source && stage.sharesBackbone(one.account))
            .flatMap(({ detailTypes }) => detailTypes),
        },
      })),
    },
  };
}

/** Whoever is in the organisation may put anything; of those outside it who publishes something. The bus's own account does not. */
function onOpenBus(stage: Stage): Pick<Policy, "allows" | "leaves"> {
  const { registry, environment } = stage;
  const { organizationId: organization } = environment;
  const outside = publishingOutside(stage).map((member) => anybodyIn(stage, member));
  const anything = { actions: put, sources: present, types: present, values: direct } satisfies May;
  return {
    allows: {
      must: [
        { who: [{ anyAccountBut: stage.account(registry.backbone).id, organization }], ...anything },
        ...(outside.length === 0 ? [] : [{ who: outside, ...anything }]),
      ],
    },
    leaves: { must: [{ otherActions: put }] },
  };
}

function publishingOutside({ registry, environment, publications }: Stage): string[] {
  return outsideMembers(registry, environment).filter((member) =>
    publications.some(({ account }) => account === member),
  );
}

/** Whatever they are, there are some. */
const present: Several = { someBut: [] };

/**
 * What an AWS account may put in one call: sources of which each is declared there with each of the detail-types, so that every
 * event of a batch is declared.
 */
function declaredTogether({ publications, account, sharesBackbone }: Stage) {
  const allowed = publications.filter((one) => !sharesBackbone(one.account));
  return groupBy(allowed, (one) => account(one.account).id).flatMap((group) => {
    const types = declaredTypes(group);
    const sets = groupBy([...types.values()], (one) => one.toSorted(byText).join("\n"));
    return sets
      .map(([detailTypes]) => ({
        account: group[0].account,
        detailTypes,
        sources: [...types].flatMap(([source, all]) =>
          detailTypes.every((one) => all.includes(one)) ? [source] : [],
        ),
      }))
      .filter(({ sources }) => group.filter(({ source }) => sources.includes(source)).length > 1);
  });
}

/** In the organisation, where the account has to be in it. */
function anybodyIn(stage: Stage, name: string): Who {
  const { organizationId } = stage.environment;
  const { id } = stage.account(name);
  const isInside = organizationId !== undefined && stage.world.organizations.get(id) === organizationId;
  return { account: id, ...(isInside ? { organization: organizationId } : {}) };
}

/**
 * What forwards to the member, and the redrive roles of the two ends. Events of AWS alone come by the roles of whatever
 * account of the organisation has them, or of those that are listed. That a forward says its source is not documented, so
 * one that does not is let in.
 */
function onLocalBus(stage: Stage, { name, id }: LoadedAccount): Pick<Policy, "allows" | "leaves"> {
  const { registry, environment } = stage;
  const redrive = wantedOf(stage, registry.backbone).redriveRoleArn;
  const forwards = forwardsOf(stage).filter(({ to }) => to === name);
  const hub = forwards.flatMap(({ from, roleArn }) => (from.name === undefined ? [roleArn] : []));
  const admitted = [...hub, redrive, wantedOf(stage, name).redriveRoleArn];
  const ofAccount = (isOwn: boolean): Who[] =>
    admitted.filter((role) => (accountOf(role) === id) === isOwn).map((role) => ({ role }));
  const [others, own] = [ofAccount(false), ofAccount(true)];
  const senders = new Set(
    forwards.flatMap(({ from, place }) => (from.name === undefined ? [] : [place.accountId])),
  );
  const { organizationId } = environment;
  const isListed = (account: string) =>
    account !== id &&
    (organizationId === undefined || stage.world.organizations.get(account) !== organizationId);
  const bringing: Who[] = [
    ...(organizationId === undefined || !hasEventsOfAws(registry)
      ? []
      : [{ role: awsForwardRoles(stage, name), organization: organizationId, orBare: true as const }]),
    ...[...senders].filter(isListed).map((account) => ({ role: awsForwardRoles(stage, name, account) })),
  ];
  const ofAws = (who: readonly Who[]): May[] =>
    who.length === 0
      ? []
      : [
          { who, actions: put, sources: { every: ["aws.*"] } },
          { who, actions: put, sources: "none" },
        ];
  return {
    allows: {
      must: [
        ...(others.length === 0 ? [] : [{ who: others, actions: put }]),
        ...(accountOf(redrive) === id ? [] : [{ who: [{ role: redrive }], actions: see }]),
        ...ofAws(bringing),
      ],
    },
    leaves: {
      must: [
        { who: own, actions: put },
        { otherActions: put },
        ...ofAws(bringing.length > 0 || senders.size > 0 ? [{ role: awsForwardRoles(stage, name, id) }] : []),
      ],
    },
  };
}

/** A service's own sources on the global bus; a role that carries the policy cannot claim another's. */
function publisherPolicies(stage: Stage, publisher: Publisher): Policy[] {
  const arn = publisherPolicyArn(stage, publisher.account, publisher.service);
  const emitted = stage.loaded.data.managedPolicies.find((policy) => policy.arn === arn);
  if (emitted === undefined) return [];
  const own = publicationsBy(stage.publications, publisher);
  const sources = own.map(({ source }) => source);
  const resources = [stage.busOf(stage.registry.backbone)];
  const publishes = own.map(({ source, detailTypes }) => ({
    actions: put,
    resources,
    sources: { every: [source] },
    types: { every: detailTypes },
  }));
  const anything: May = { actions: put, resources, sources: { every: sources } };
  const nothing: May = { actions: put, resources, sources: "none" };
  return [
    {
      of: emitted.arn,
      kind: "managed policy",
      isCarried: true,
      policies: [{ name: emitted.arn, reading: readPolicyOnce(emitted.policy, { kind: "identity" }) }],
      allows: { must: publishes, may: [anything, nothing] },
      leaves: {
        must: [...publishes, { otherActions: put }, { actions: put, otherResources: resources }],
        may: [anything, nothing],
        // Whose source is others', too, publishes its own detail-types only.
        never: own
          .filter(({ source, detailTypes }) => stage.declared.get(source)?.length !== detailTypes.length)
          .map(({ source, detailTypes }) => ({
            actions: put,
            resources,
            sources: { some: [source] },
            types: { someBut: detailTypes },
          })),
      },
    },
  ];
}
