import type { Command } from "commander";
import { RegistryError, type Environment } from "../../infra/registry/index.js";
import { TopologyError } from "../../infra/topology/index.js";
import { verify, type VerificationFailure } from "../../rehearsal/verify.js";
import { Failure } from "../errors.js";
import { emittedPlan } from "../evaluate.js";
import { Progress } from "../progress.js";
import { loadRegistry, selectEnvironment } from "../project.js";
import { renderVerification } from "../report/verification.js";
import { writeJson, writeText } from "../write.js";
import {
  cacheOption,
  envOption,
  jsonOption,
  planOption,
  registryOption,
  type PlanOptions,
} from "./options.js";

export function addVerifyCommand(program: Command): void {
  program
    .command("verify")
    .description("prove from the emitted resources who receives what, and who cannot")
    .addOption(envOption())
    .addOption(registryOption())
    .addOption(planOption())
    .addOption(cacheOption())
    .addOption(
      jsonOption(
        "{ ok, environment?, checks: [{ id, title, ok, cases }], failures: [{ check, contract?, account?, step, problem, mend, evidence }], notes }",
      ),
    )
    .action(async (options: PlanOptions) => {
      const source = await orAnswer(options, undefined, () => loadRegistry(options.registry));
      const environment = selectEnvironment(source.registry, options.env);
      const plan = await orAnswer(options, environment, () => emittedPlan(source, environment, options));
      const progress = new Progress("checks done");
      const verification = verify(source.registry, environment, plan, (done, total) => {
        progress.report(done, total);
      });
      progress.end();
      if (options.json) await writeJson(verification);
      else await writeText(renderVerification(verification));
      if (!verification.ok) throw new Failure("");
    });
}

/** With `--json` a wrong registry or topology is an answer, not a failure to answer. */
async function orAnswer<Result>(
  { json }: PlanOptions,
  environment: Environment | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const failures = json === true ? failuresOf(error) : [];
    if (failures.length === 0) throw error;
    await writeJson({ ok: false, environment: environment?.name, checks: [], failures, notes: [] });
    throw new Failure("");
  }
}

function failuresOf(error: unknown): VerificationFailure[] {
  const common = { check: "registry", evidence: [] };
  if (error instanceof RegistryError) {
    const step = "read the registry";
    const mend = "correct the registry where the path points";
    return error.problems.map(({ path, message }) => ({
      ...common,
      step,
      problem: `${path}: ${message}`,
      mend,
    }));
  }
  if (error instanceof TopologyError) {
    const step = "plan the topology within the quotas";
    const mend = "need less of the quota, or have it raised where AWS can";
    return error.problems.map((problem) => ({ ...common, step, problem, mend }));
  }
  return [];
}
