import { type Check, checkBusSight, checkPublisher, compileIdentity } from "eventbridge-simulator";
import { outsideMembers } from "../../infra/registry/index.js";
import { failureBy, outcomeOf, type ProofCheck, type ProofFailure } from "../claim.js";
import { publisherOf, redriveRole, someClaims, type Stage } from "../stage.js";

/**
 * Members outside the organisation take part as the others do, although nothing that asks for the organisation lets
 * them in; here the simulator knows them to be outside. That nobody else gets in so is claimed for all others.
 */
export function outsideOrganisationChecks(stage: Stage): ProofCheck[] {
  const { registry, environment } = stage;
  return outsideMembers(registry, environment).map((member) => ({
    id: `outside-organisation:${member}`,
    title: `${member} is outside the organisation ${environment.organizationId ?? ""}, and admitted by its account id`,
    run: () => outcomeOf([...publishing(stage, member), ...redriving(stage, member)], refused),
  }));
}

interface Admission {
  readonly account: string;
  readonly contract?: string;
  readonly step: string;
  readonly attempt: string;
  readonly mend: string;
  readonly ask: () => Check | undefined;
}

function publishing(stage: Stage, member: string): Admission[] {
  const bus = stage.busOf(stage.registry.backbone);
  const own = [...stage.registry.contracts.values()].filter(({ account }) => account === member);
  return own.map((contract) => ({
    account: member,
    contract: contract.key,
    step: "put events on the global bus",
    attempt: `the publisher role of ${contract.service} puts ${contract.source} "${contract.detailType}" on ${bus}`,
    mend: `the Deny of the global bus policy that asks for the organisation must except account ${stage.account(member).id} (aws:PrincipalAccount)`,
    ask: () => {
      const identity = compileIdentity(publisherOf(stage, contract));
      const claims = { sources: [contract.source], detailTypes: [contract.detailType] };
      return identity && checkPublisher(stage.world, identity, bus, claims, "full");
    },
  }));
}

function redriving(stage: Stage, member: string): Admission[] {
  const { backbone } = stage.registry;
  const role = redriveRole(stage, backbone);
  // Without the role the parameter's check has failed already.
  const identity = role && compileIdentity({ arn: role.arn, policies: role.inlinePolicies });
  if (role === undefined || identity === undefined) return [];
  const bus = stage.busOf(member);
  const about = {
    account: member,
    step: "redrive",
    mend: `the policy of ${role.arn} must name ${bus}, as aws:ResourceOrgID is another one there`,
  };
  return [
    {
      ...about,
      attempt: `${role.arn} sees that there is ${bus}`,
      ask: () => checkBusSight(stage.world, identity, bus, "full"),
    },
    {
      ...about,
      attempt: `${role.arn} puts a dead letter back on ${bus}`,
      ask: () => checkPublisher(stage.world, identity, bus, someClaims(stage), "full"),
    },
  ];
}

function refused({ ask, attempt, ...about }: Admission): ProofFailure[] {
  const check = ask();
  if (check?.verdict.outcome === "allowed") return [];
  return [failureBy({ ...about, attempt }, `cannot be done: ${attempt}`, [check ?? []].flat())];
}
