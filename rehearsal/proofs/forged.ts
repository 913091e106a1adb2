import { hubContracts, outsideMembers } from "../../infra/registry/index.js";
import { outcomeOf, type ProofCheck, type ProofFailure } from "../claim.js";
import { diagnoseExtra } from "../diagnosis.js";
import { administratorOf, asPublished, publish, type Stage } from "../stage.js";

/**
 * Where the bus lets in an organisation: who claims another account's contract gets no further than the global bus and its log. That
 * holds of every account, as the forwards' patterns are compared as such; here each contract is claimed once, by the next account in turn that
 * does not publish it.
 */
export function forgedChecks(stage: Stage): ProofCheck[] {
  const { registry, environment } = stage;
  if (environment.publishing !== "organisation") return [];
  // Nobody outside the organisation is let in who publishes nothing.
  const outside = new Set(outsideMembers(registry, environment));
  const members = registry.members.filter((member) => !outside.has(member));
  return hubContracts(registry).flatMap((contract, index): ProofCheck[] => {
    const publishing = new Set(contract.publishers.map(({ account }) => account));
    const forger = [...members.slice(index % members.length), ...members].find((one) => !publishing.has(one));
    if (forger === undefined) return [];
    const kept = environment.archive === undefined ? "log" : "log and archive";
    return [
      {
        id: `forged:${contract.key}`,
        title: `${contract.key} that ${forger} claims reaches the global bus's ${kept}, and nobody`,
        run: () => outcomeOf(asPublished(contract), (claimed) => forgedFailures(stage, claimed, forger)),
      },
    ];
  });
}

function forgedFailures(
  stage: Stage,
  contract: ReturnType<typeof asPublished>[number],
  forger: string,
): ProofFailure[] {
  const { registry } = stage;
  const { bus = "", logGroup = "" } = stage.account(registry.backbone);
  const caller = administratorOf(stage, forger);
  const delivery = publish(stage, { contract, detail: contract.example, caller });
  const arrived = new Set(delivery.arrivals.map(({ arn }) => arn));
  const about = {
    contract: contract.key,
    account: forger,
    step: "put events on the global bus",
    evidence: [],
  };
  const missing = [bus, logGroup].filter((arn) => !arrived.has(arn));
  return [
    ...missing.map((arn) => ({
      ...about,
      problem: `what ${caller.arn} claims does not reach ${arn}`,
      mend: `let in every account of the organisation, as publishing: "organisation" says, and log every event`,
      passes: [bus, arn],
    })),
    ...delivery.arrivals
      .filter(({ arn }) => arn !== bus && arn !== logGroup)
      .map((arrival) => diagnoseExtra(stage, contract, contract.example, arrival)),
  ];
}
