import type { Command } from "commander";
import colors from "picocolors";
import type { Registry } from "../../infra/registry/index.js";
import { openStage, type Stage } from "../../rehearsal/stage.js";
import { exampleEntry, traceEvent } from "../../rehearsal/trace.js";
import { verify } from "../../rehearsal/verify.js";
import { Failure } from "../errors.js";
import { emittedPlan, requireTopology } from "../evaluate.js";
import { Progress } from "../progress.js";
import { loadRegistry, selectEnvironment } from "../project.js";
import { renderMatrix } from "../report/matrix.js";
import { renderPlan } from "../report/plan.js";
import { renderQuotas } from "../report/quotas.js";
import { renderTrace } from "../report/trace.js";
import { renderVerification } from "../report/verification.js";
import { indent, section } from "../table.js";
import { writeText } from "../write.js";
import { envOption, registryOption, type RegistryOptions } from "./options.js";

export function addStartCommand(program: Command): void {
  program
    .command("start")
    .description("rehearse the whole backbone: stacks, routes, quotas, proof and stories (npm start)")
    .addOption(envOption())
    .addOption(registryOption())
    .action(async (options: RegistryOptions) => {
      const source = await loadRegistry(options.registry);
      const { registry } = source;
      const environment = selectEnvironment(registry, options.env);
      const topology = requireTopology(registry, environment);
      const plan = await emittedPlan(source, environment, undefined);
      await writeText(renderPlan(plan, { resources: false }));
      await writeText(section("Who receives what", renderMatrix(registry)));
      await writeText(section(`Quotas of ${environment.name}`, renderQuotas(topology)));
      for (const warning of topology.warnings) await writeText(`${colors.yellow("warning:")} ${warning}\n`);

      const progress = new Progress("checks done");
      const verification = verify(registry, environment, plan, (done, total) => {
        progress.report(done, total);
      });
      progress.end();
      await writeText(`${renderVerification(verification)}\n`);
      const opened = openStage(registry, environment, plan);
      if (opened.ok) await writeText(renderStories(registry, opened.stage));
      if (!verification.ok) throw new Failure("");
    });
}

/** Each story, step by step: every contract as its owner publishes the example. */
function renderStories(registry: Registry, stage: Stage): string {
  return registry.stories
    .map(({ title, steps }) => {
      const told = steps.flatMap((key, index) => {
        const contract = registry.contracts.get(key);
        if (contract === undefined) return [];
        const trace = traceEvent(stage, exampleEntry(contract), contract.account);
        return [`${index + 1}. ${contract.description}`, indent(renderTrace(trace, { everyRule: false }))];
      });
      return section(`Story: ${title}`, told.join("\n"));
    })
    .join("\n");
}
