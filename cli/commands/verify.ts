import type { Command } from "commander";
import { verify } from "../../rehearsal/verify.js";
import { Failure } from "../errors.js";
import { emittedPlan } from "../evaluate.js";
import { Progress } from "../progress.js";
import { loadRegistry, selectEnvironment } from "../project.js";
import { renderVerification } from "../report/verification.js";
import { writeJson, writeText } from "../write.js";
import { envOption, jsonOption, planOption, registryOption, type PlanOptions } from "./options.js";

export function addVerifyCommand(program: Command): void {
  program
    .command("verify")
    .description("prove from the emitted resources who receives what, and who cannot")
    .addOption(envOption())
    .addOption(registryOption())
    .addOption(planOption())
    .addOption(
      jsonOption(
        "{ ok, environment, checks: [{ id, title, ok, cases }], failures: [{ check, contract?, account?, step, problem, mend, evidence }], notes }",
      ),
    )
    .action(async (options: PlanOptions) => {
      const source = await loadRegistry(options.registry);
      const environment = selectEnvironment(source.registry, options.env);
      const plan = await emittedPlan(source, environment, options.plan);
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
