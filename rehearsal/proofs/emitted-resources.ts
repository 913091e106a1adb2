import type { ProofCheck } from "../claim.js";
import { resourceReference } from "../emission/plan-file.js";
import { identityOf, kindOf } from "../kinds.js";
import { arnOfResource, step } from "../needs.js";
import type { Stage } from "../stage.js";

/** What could not be read is not proven, whatever else holds. */
export function emittedResourceChecks(stage: Stage): ProofCheck[] {
  const { plan, loaded } = stage;
  return [
    {
      id: "emitted-resources",
      title: "AWS would accept the emitted resources, and the simulator knows them",
      run: () => ({
        cases: plan.stacks.reduce((count, { resources }) => count + resources.length, 0),
        failures: loaded.problems.map(({ at, ...problem }) => ({
          step,
          evidence: [],
          ...problem,
          at: at.flatMap((one) => [one, ...arnsOf(stage, problem.account, one)]),
        })),
      }),
    },
  ];
}

/** What a resource of an account is, or belongs to, though it could not be read. */
function arnsOf(stage: Stage, account: string | undefined, reference: string): string[] {
  return stage.plan.stacks
    .filter((stack) => stack.account === account)
    .flatMap((stack) =>
      stack.resources
        .filter((resource) => resourceReference(resource) === reference)
        .flatMap((resource) => {
          const kind = kindOf(resource);
          if (kind === undefined || identityOf(kind, resource.inputs).includes("")) return [];
          return [arnOfResource(stage, stack, kind, resource.inputs)];
        }),
    );
}
