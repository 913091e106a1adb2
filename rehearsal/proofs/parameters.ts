import { outcomeOf, type ProofCheck, type ProofFailure } from "../claim.js";
import { parameter, publisherPolicy, redriveRole, type Stage } from "../stage.js";

/** What applications read from SSM names what is really there; a wrong bus ARN would swallow events silently. */
export function parameterChecks(stage: Stage): ProofCheck[] {
  return [...stage.loaded.accounts.values()].map((account) => ({
    id: `parameters:${account.name}`,
    title: `the SSM parameters of ${account.name} name what its applications need`,
    run: () => {
      const isMember = account.name !== stage.registry.backbone;
      const wanted = [
        { leaf: "global-bus-arn", values: [stage.busOf(stage.registry.backbone)] },
        ...(isMember ? [{ leaf: "local-bus-arn", values: [stage.busOf(account.name)] }] : []),
        { leaf: "dead-letter-queue-arn", values: account.queues },
        { leaf: "redrive-role-arn", values: [redriveRole(stage, account.name)?.arn ?? "an emitted role"] },
      ];
      const facts = outcomeOf(wanted, ({ leaf, values }): ProofFailure[] => {
        const value = parameter(stage, account.name, leaf);
        return value !== undefined && values.includes(value)
          ? []
          : [failure(account.name, `${leaf} is ${value ?? "missing"}`, `it must be ${values.join(" or ")}`)];
      });
      const services = stage.registry.accounts.get(account.name)?.services ?? [];
      const policies = outcomeOf(services, (service): ProofFailure[] =>
        publisherPolicy(stage, { service, account: account.name }) !== undefined
          ? []
          : [
              failure(
                account.name,
                `publisher-policies/${service} names no emitted managed policy`,
                `it must name publish-${service}`,
              ),
            ],
      );
      return { cases: facts.cases + policies.cases, failures: [...facts.failures, ...policies.failures] };
    },
  }));
}

function failure(account: string, problem: string, mend: string): ProofFailure {
  return { account, step: "read the parameters", problem: `SSM parameter ${problem}`, mend, evidence: [] };
}
