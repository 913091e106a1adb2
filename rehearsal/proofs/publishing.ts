import {
  type CallerData,
  checkPublisher,
  compileIdentity,
  type EventClaims,
  type Identity,
} from "eventbridge-simulator";
import {
  type Contract,
  outsideMembers,
  type Publication,
  type Publisher,
  type Service,
  underEachSource,
} from "../../infra/registry/index.js";
import { outcomeOf, type ProofCheck, type ProofFailure, requireRefusal } from "../claim.js";
import { administratorOf, attackerOf, outsider, publisherOf, rebuild, type Stage } from "../stage.js";

/** What must not get onto the global bus: other people's events, undeclared ones, and events of strangers. */
export function publishingChecks(stage: Stage): ProofCheck[] {
  return [
    ...accountNames(stage).flatMap((account) => spoofingCheck(stage, account)),
    ...accountNames(stage).flatMap((account) => undeclaredSourceCheck(stage, account)),
    ...[...stage.registry.services.values()].flatMap((service) => [
      undeclaredCheck(stage, service),
      batchCheck(stage, service),
    ]),
    ...outsiderChecks(stage),
    ...organisationChecks(stage),
  ];
}

function accountNames({ registry }: Stage): string[] {
  return [registry.backbone, ...registry.members];
}

function contractsOf({ registry }: Stage): Contract[] {
  return [...registry.contracts.values()];
}

/** A role, ready to ask for many events. */
interface Sender {
  readonly description: string;
  readonly identity: Identity;
}

function senderOf(caller: CallerData | undefined, description: string): Sender[] {
  const identity = caller && compileIdentity(caller);
  return identity === undefined ? [] : [{ description, identity }];
}

interface Claim {
  readonly contract?: string;
  readonly account?: string;
  readonly claims: EventClaims;
  readonly says: string;
  readonly mend: string;
}

function mustBeRefused(stage: Stage, { description, identity }: Sender, claim: Claim): ProofFailure[] {
  const bus = stage.busOf(stage.registry.backbone);
  return requireRefusal(
    {
      ...claim,
      step: "put events on the global bus",
      attempt: `${description} puts ${claim.says} on ${bus}`,
    },
    (evidence) => [checkPublisher(stage.world, identity, bus, claim.claims, evidence)],
  );
}

function claimsOf({ source, detailType }: Pick<Contract, "source" | "detailType">): EventClaims {
  return { sources: [source], detailTypes: [detailType] };
}

const statementMend = (service: string) =>
  `statement publish-${service} of the global bus policy must admit only its owner, its source and its detail-types, and the Deny statements must stand`;

function spoofingCheck(stage: Stage, account: string): ProofCheck[] {
  const own = stage.registry.accounts.get(account)?.services ?? [];
  const held = stage.sharing.has(account)
    ? `; the managed policy of ${own.map((name) => `publish-${name}`).join(", ")} must deny other sources`
    : "";
  return senderOf(attackerOf(stage, account), `an administrator's role of ${account}`).map((sender) => ({
    id: `spoofing:${account}`,
    title: `${account} cannot publish a contract of any other account`,
    run: () =>
      outcomeOf(
        contractsOf(stage)
          .filter(({ publishers }) => publishers.every((one) => one.account !== account))
          .flatMap(underEachSource),
        (contract) =>
          mustBeRefused(stage, sender, {
            contract: contract.key,
            account,
            claims: claimsOf(contract),
            says: `${contract.source} "${contract.detailType}"`,
            mend: `${statementMend(contract.service)}${held}`,
          }),
      ),
  }));
}

/** Not even an administrator without any policy of ours gets these onto the bus, wherever the accounts are. */
function undeclaredSourceCheck(stage: Stage, account: string): ProofCheck[] {
  return senderOf(administratorOf(stage, account), `an administrator's role of ${account}`).map((sender) => ({
    id: `undeclared-source:${account}`,
    title: `${account} cannot publish under a source nobody declares, nor without source or detail-type`,
    run: () =>
      outcomeOf(strangeClaims(stage, account), (claim) =>
        mustBeRefused(stage, sender, { account, ...claim }),
      ),
  }));
}

function strangeClaims(stage: Stage, account: string): Claim[] {
  const own = contractsOf(stage).find((contract) => contract.account === account);
  // Where services publish out of the bus's own account, a Deny alone keeps them from the events of other accounts.
  const isInside = ({ publishers }: Contract) => publishers.some((one) => stage.sharesBackbone(one.account));
  const elsewhere =
    stage.sharesBackbone(account) && contractsOf(stage).some(isInside)
      ? contractsOf(stage).filter((contract) => !isInside(contract))
      : [];
  const mend = "the Deny statements of the global bus policy must refuse missing keys and undeclared sources";
  const detailType = own?.detailType ?? "Something.Happened";
  return [
    {
      claims: { sources: ["com.undeclared"], detailTypes: [detailType] },
      says: "an undeclared source",
      mend,
    },
    { claims: { sources: [], detailTypes: [detailType] }, says: "a request without source", mend },
    ...elsewhere.map((contract) => ({
      claims: claimsOf(contract),
      says: `${contract.source} "${contract.detailType}", which is published from other AWS accounts only,`,
      mend,
    })),
    ...(own === undefined
      ? []
      : [
          { claims: { sources: [own.source], detailTypes: [] }, says: "a request without detail-type", mend },
        ]),
  ];
}

/** What a service's own role may not publish, although it may publish. */
function undeclaredCheck(stage: Stage, service: Service): ProofCheck {
  const cases = stage.publications
    .filter(({ service: name }) => name === service.name)
    .flatMap((publication) => undeclared(stage, publication));
  return {
    id: `undeclared-detail-type:${service.name}`,
    title: `${service.name} cannot publish a detail-type that it does not declare`,
    run: () =>
      outcomeOf(cases, ({ tried, account, source, detailType }) =>
        tried.flatMap((sender) =>
          mustBeRefused(stage, sender, {
            account,
            claims: { sources: [source], detailTypes: [detailType] },
            says: `${source} "${detailType}"`,
            mend: statementMend(service.name),
          }),
        ),
      ),
  };
}

interface Undeclared {
  readonly tried: readonly Sender[];
  readonly account: string;
  readonly source: string;
  readonly detailType: string;
}

/**
 * A policy that crossed the sources of an account with its detail-types would let through those of its neighbours, one
 * that named a shared source alone those of everybody. An administrator of the account may publish what any of its
 * services may, and in a shared account what any service in it may.
 */
function undeclared(stage: Stage, { service, account, source, detailTypes }: Publication): Undeclared[] {
  const id = stage.account(account).id;
  const near = stage.publications.filter((one) => one.account === account || one.source === source);
  const strange = [`${service}.Undeclared`, ...new Set(near.flatMap((one) => one.detailTypes))].filter(
    (type) => !detailTypes.includes(type),
  );
  const ofAccount = stage.publications
    .filter((one) => one.source === source && stage.account(one.account).id === id)
    .flatMap((one) => one.detailTypes);
  const [publisher, administrator] = senders(stage, { service, account });
  return strange.map((detailType) => ({
    tried: [...publisher, ...(ofAccount.includes(detailType) ? [] : administrator)],
    account,
    source,
    detailType,
  }));
}

/** One good entry must not carry a bad one through. */
function batchCheck(stage: Stage, service: Service): ProofCheck {
  const own = contractsOf(stage).filter((contract) => contract.service === service.name);
  // Of a source that is not the service's at all: it may publish others' contracts, too.
  const sources = stage.publications.flatMap((one) => (one.service === service.name ? [one.source] : []));
  const foreign = contractsOf(stage).find(({ source }) => !sources.includes(source));
  const strange = {
    source: foreign?.source ?? "com.undeclared",
    detailType: foreign?.detailType ?? "Undeclared",
  };
  const mixed = own.slice(0, 1).flatMap((good) => [
    { sources: [good.source, strange.source], detailTypes: [good.detailType, strange.detailType] },
    { sources: [good.source, good.source], detailTypes: [good.detailType, `${service.name}.Undeclared`] },
  ]);
  return {
    id: `mixed-batch:${service.name}`,
    title: `an event of ${service.name} carries no foreign or undeclared one through in the same request`,
    run: () =>
      outcomeOf(mixed, (claims) =>
        batchSenders(stage, { service: service.name, account: service.account }).flatMap((sender) =>
          mustBeRefused(stage, sender, {
            account: service.account,
            claims,
            says: `a request of ${claims.detailTypes.map((type, index) => `${claims.sources[index] ?? ""} "${type}"`).join(" and ")}`,
            mend: statementMend(service.name),
          }),
        ),
      ),
  };
}

/** The service's own role and its account's administrator: neither may get round the contract. */
function senders(stage: Stage, publisher: Publisher): readonly [Sender[], Sender[]] {
  const { service, account } = publisher;
  return [
    senderOf(publisherOf(stage, publisher), `the publisher role of ${service}`),
    senderOf(administratorOf(stage, account), `an administrator's role of ${account}`),
  ];
}

/** In a shared account an administrator may claim any declared source, one by one or together. */
function batchSenders(stage: Stage, publisher: Publisher): Sender[] {
  const [own, administrator] = senders(stage, publisher);
  return stage.sharing.has(publisher.account) ? own : [...own, ...administrator];
}

function outsiderChecks(stage: Stage): ProofCheck[] {
  const { role, id } = outsider(stage, "stranger");
  return senderOf(role, `a role of account ${id}, which the registry does not know,`).map((sender) => ({
    id: "outsider",
    title: `an account outside the registry cannot publish anything`,
    run: () =>
      outcomeOf(contractsOf(stage), (contract) =>
        mustBeRefused(stage, sender, {
          contract: contract.key,
          claims: claimsOf(contract),
          says: `${contract.source} "${contract.detailType}"`,
          mend: statementMend(contract.service),
        }),
      ),
  }));
}

/** A member that has left the organisation must not publish any more, whatever the registry still says. */
function organisationChecks(stage: Stage): ProofCheck[] {
  const { organizationId } = stage.environment;
  if (organizationId === undefined) return [];
  const outside = outsideMembers(stage.registry, stage.environment);
  const spared = outside.length === 0 ? "" : `but ${outside.join(", ")} `;
  const bound = contractsOf(stage).filter(({ account }) => !outside.includes(account));
  return [
    {
      id: "organisation",
      title: `nobody outside the organisation ${organizationId} ${spared}can publish, not even ${outside.length === 0 ? "a" : "another"} member`,
      run: () => {
        const left = rebuild({
          ...stage.loaded.data,
          accounts: stage.loaded.data.accounts.map(({ id }) => ({ id })),
        });
        const bus = stage.busOf(stage.registry.backbone);
        return outcomeOf(bound, (contract) =>
          senderOf(publisherOf(stage, contract), "").flatMap(({ identity }) =>
            requireRefusal(
              {
                contract: contract.key,
                account: contract.account,
                step: "put events on the global bus",
                attempt: `the publisher role of ${contract.service}, whose account has left the organisation, puts ${contract.source} "${contract.detailType}" on ${bus}`,
                mend: "the global bus policy must deny whoever is not in the organisation",
              },
              (evidence) => [checkPublisher(left, identity, bus, claimsOf(contract), evidence)],
            ),
          ),
        );
      },
    },
  ];
}
