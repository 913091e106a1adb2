import type { ProofCheck } from "../claim.js";
import type { Stage } from "../stage.js";

/** What could not be read is not proven, whatever else holds. */
export function emittedResourceChecks({ plan, loaded }: Stage): ProofCheck[] {
  return [
    {
      id: "emitted-resources",
      title: "AWS would accept the emitted resources, and the simulator knows them",
      run: () => ({
        cases: plan.stacks.reduce((count, { resources }) => count + resources.length, 0),
        failures: loaded.problems.map((problem) => ({
          step: "read the emitted resources",
          evidence: [],
          ...problem,
        })),
      }),
    },
  ];
}
