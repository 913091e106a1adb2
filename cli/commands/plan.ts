import type { Command } from "commander";
import type { RecordedPlan } from "../../rehearsal/recorded-plan.js";
import { evaluate, requireTopology } from "../evaluate.js";
import { loadRegistry } from "../project.js";
import { renderPlan } from "../report/plan.js";
import { environmentOf, selectStacks, stacksOf } from "../stacks.js";
import { writeJson, writeText, writeWarnings } from "../write.js";
import { cacheOption, envOption, jsonOption, registryOption, type CacheOptions } from "./options.js";

export function addPlanCommand(program: Command): void {
  program
    .command("plan")
    .description("show the resources each stack emits, evaluated offline")
    .argument(
      "[stacks...]",
      "accounts or stacks to show; stacks may be of another environment (default: all of the environment)",
    )
    .addOption(envOption())
    .addOption(registryOption())
    .addOption(cacheOption())
    .addOption(
      jsonOption(
        "{ environment, organizationId?, stacks: [{ stack, account, accountId, region, resources, outputs }] }",
      ),
    )
    .action(async (wanted: string[], options: CacheOptions) => {
      const source = await loadRegistry(options.registry);
      const environment = environmentOf(source, wanted, options.env);
      const { stacks, warnings } = stacksOf(source, environment);
      const selected = selectStacks(stacks, wanted);
      writeWarnings(warnings);
      const plan: RecordedPlan = await evaluate(
        requireTopology(source.registry, environment),
        selected,
        options,
      );
      if (options.json) await writeJson(plan);
      else await writeText(renderPlan(plan, { resources: wanted.length > 0 }));
    });
}
