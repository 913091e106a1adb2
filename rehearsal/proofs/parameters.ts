import { failureOf, outcomeOf, type ProofCheck, type ProofFailure } from "../claim.js";
import { wanted } from "../names.js";
import { parameter, type Stage } from "../stage.js";

/** What applications read from SSM names what is really there; a wrong bus ARN would swallow events silently. */
export function parameterChecks(stage: Stage): ProofCheck[] {
  return [...stage.loaded.accounts.keys()].map((account) => ({
    id: `parameters:${account}`,
    title: `the SSM parameters of ${account} name what its applications need`,
    run: () => outcomeOf(wantedParameters(stage, account), (one) => isRight(stage, account, one)),
  }));
}

interface WantedParameter {
  readonly leaf: string;
  /** ARN of what it must name. */
  readonly value: string;
}

function wantedParameters(stage: Stage, account: string): WantedParameter[] {
  const { backbone, accounts } = stage.registry;
  return [
    { leaf: "global-bus-arn", value: stage.busOf(backbone) },
    ...(account === backbone ? [] : [{ leaf: "local-bus-arn", value: stage.busOf(account) }]),
    { leaf: "dead-letter-queue-arn", value: wanted.deadLetterQueue(stage, account) },
    { leaf: "redrive-role-arn", value: wanted.redriveRole(stage, account) },
    ...(accounts.get(account)?.services ?? []).map((service) => ({
      leaf: `publisher-policies/${service}`,
      value: wanted.publisherPolicy(stage, { service, account }),
    })),
  ];
}

/** Either the parameter is wrong, or what it rightly names is not there. */
function isRight(stage: Stage, account: string, { leaf, value }: WantedParameter): ProofFailure[] {
  const { buses, queues, roles } = stage.world;
  const { managedPolicies } = stage.loaded.data;
  const isThere =
    [buses, queues, roles].some((things) => things.has(value)) ||
    managedPolicies.some(({ arn }) => arn === value);
  const found = parameter(stage, account, leaf);
  if (found === value && isThere) return [];
  const about = { account, step: "read the parameters" };
  if (found === value) {
    const attempt = `SSM parameter ${leaf} is ${value}, which no stack emits`;
    return [failureOf({ ...about, attempt, passes: [value], mend: `emit ${value}` })];
  }
  return [
    failureOf({
      ...about,
      attempt: `SSM parameter ${leaf} is ${found ?? "missing"}; it must be ${value}`,
      expected: value,
      found: found ?? "no parameter",
      at: [wanted.parameter(stage, account, leaf)],
      mend: `let the parameter /${stage.environment.prefix}/${account}/${leaf} be ${value}`,
    }),
  ];
}
