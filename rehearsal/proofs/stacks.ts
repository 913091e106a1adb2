import { z } from "zod";
import { outcomeOf, type ProofCheck, type ProofFailure } from "../claim.js";
import { jsonText } from "../emission/kinds/kind.js";
import type { RecordedStack } from "../emission/plan-file.js";
import type { Expectations } from "../expectations.js";
import { arnIn, kinds, textIn } from "../kinds.js";
import { claim, type Need } from "../needs.js";
import { withoutNumbers } from "../numbered.js";
import type { Stage } from "../stage.js";
import { publisherPolicyArn, publishingServices, wantedOf } from "../wanted.js";
import { parametersOf } from "./parameters.js";

export function stackNeeds({ plan }: Stage): Need[] {
  return plan.stacks.map(({ account }) => ({
    account,
    what: `the stack of ${account}`,
    claims: [claim(kinds.provider, {}, { protect: true })],
  }));
}

/** A stack lands in the account that it is for, and tells people what it tells applications. */
export function stackChecks(stage: Stage, expected: Expectations): ProofCheck[] {
  return stage.plan.stacks.map((stack) => ({
    id: `stack:${stack.account}`,
    title: `the stack of ${stack.account} is deployed by a role of its own account, and its outputs say what its parameters say`,
    run: () => {
      const outputs = outcomeOf(Object.entries(outputsOf(stage, expected, stack)), ([name, wanted]) =>
        wrongOutput(stage, stack, name, wanted),
      );
      return { cases: outputs.cases + 1, failures: [...foreignRole(stack), ...outputs.failures] };
    },
  }));
}

const assumeRoles = jsonText(z.array(z.looseObject({ roleArn: z.string() })));
/** What stands for a role that is secret. */
const secret = "[secret]";

/** Roles are taken on one after another: it is the last that deploys. */
function foreignRole(stack: RecordedStack): ProofFailure[] {
  const { account, accountId, resources } = stack;
  return resources
    .filter(({ type }) => type === kinds.provider.type)
    .flatMap(({ inputs }) => {
      const roles = assumeRoles.safeParse(inputs.assumeRoles ?? "[]").data;
      if (roles?.length === 0) return [];
      const role = roles?.at(-1)?.roleArn ?? textIn(inputs, "assumeRoles");
      const found = /^arn:[^:]+:iam::(\d{12}):role\//.exec(role)?.[1] ?? role;
      if (found === accountId || found === secret) return [];
      return [
        {
          account,
          step: "deploy",
          problem: `the stack of ${account} is deployed by ${role}, which is not of its account ${accountId}`,
          expected: accountId,
          found,
          at: [arnIn(kinds.provider, stack, inputs)],
          mend: `let assumeRoles of stack ${stack.stack} end with a role of account ${accountId}`,
          evidence: [],
        },
      ];
    });
}

function outputsOf(stage: Stage, expected: Expectations, { account }: RecordedStack): Record<string, string> {
  const { bus, logGroup } = wantedOf(stage, account);
  const parameters = parametersOf(stage, account);
  const isBackbone = account === stage.registry.backbone;
  return {
    busName: bus,
    busArn: parameters[isBackbone ? "global-bus-arn" : "local-bus-arn"] ?? "",
    logGroupName: logGroup,
    deadLetterQueueArn: parameters["dead-letter-queue-arn"] ?? "",
    redriveRoleArn: parameters["redrive-role-arn"] ?? "",
    ...Object.fromEntries(
      publishingServices(stage, account).map((service) => [
        `publisherPolicyArn-${service}`,
        publisherPolicyArn(stage, account, service),
      ]),
    ),
    // How often a forward is divided is no matter of the registry.
    ...(isBackbone
      ? {
          forwardRules: expected.forwards
            .filter(({ from, events }) => from.name === undefined && events.length > 0)
            .map(({ rule }) => rule)
            .sort()
            .join(),
        }
      : {}),
    ...(isBackbone && stage.environment.publishing === "organisation" ? { publishing: "organisation" } : {}),
  };
}

function wrongOutput(
  stage: Stage,
  { account, stack, outputs }: RecordedStack,
  name: string,
  wanted: string,
): ProofFailure[] {
  const value = outputs[name];
  const found = typeof value === "string" ? value : namesIn(value);
  if (found === wanted) return [];
  const { busArn, logGroupArn } = wantedOf(stage, account);
  const isLog = name === "logGroupName";
  return [
    {
      account,
      step: "read the outputs",
      problem: `output ${name} of stack ${stack} is ${found}; it should be ${wanted}`,
      expected: wanted,
      found,
      at: [isLog ? logGroupArn : wanted.startsWith("arn:") ? wanted : busArn],
      mend: `let stack ${stack} give out ${wanted} as ${name}`,
      evidence: [],
    },
  ];
}

/** Names of rules, without the numbers of those that a forward is divided into. */
function namesIn(value: RecordedStack["outputs"][string] | undefined): string {
  if (!Array.isArray(value)) return "nothing";
  const names = value.flatMap((name) => (typeof name === "string" ? [withoutNumbers(name)] : []));
  return [...new Set(names)].sort().join();
}
