import type { Command } from "commander";
import colors from "picocolors";
import { formatProblem, type Contract, type Story } from "../../infra/registry/index.js";
import type { World } from "../../rehearsal/simulator/index.js";
import { openStage, type Stage } from "../../rehearsal/stage.js";
import { exampleEntry, traceEvent, type Trace } from "../../rehearsal/trace.js";
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
import { writeJson, writeText } from "../write.js";
import { envOption, jsonOption, registryOption, type RegistryOptions } from "./options.js";

export function addStartCommand(program: Command): void {
  program
    .command("start")
    .description("rehearse the whole backbone: stacks, routes, quotas, proof and stories (npm start)")
    .addOption(envOption())
    .addOption(registryOption())
    .addOption(
      jsonOption(
        "{ environment, plan, verification, stories: [{ name, title, traces }] }, each as plan, verify and trace print it",
      ),
    )
    .action(async (options: RegistryOptions) => {
      const source = await loadRegistry(options.registry);
      const { registry } = source;
      const environment = selectEnvironment(registry, options.env);
      const topology = requireTopology(registry, environment);
      const plan = await emittedPlan(source, environment, undefined);
      if (!options.json) {
        await writeText(renderPlan(plan, { resources: false }));
        await writeText(section("Who receives what", renderMatrix(registry)));
        await writeText(section(`Quotas of ${environment.name}`, renderQuotas(topology)));
        const warnings = [...registry.warnings.map(formatProblem), ...topology.warnings];
        for (const warning of warnings) await writeText(`${colors.yellow("warning:")} ${warning}\n`);
      }

      const progress = new Progress("checks done");
      const verification = verify(registry, environment, plan, (done, total) => {
        progress.report(done, total);
      });
      progress.end();
      const opened = openStage(registry, environment, plan);
      const stories = opened.ok ? registry.stories.map((story) => tellStory(opened.stage, story)) : [];
      if (options.json) {
        await writeJson({
          environment: environment.name,
          plan,
          verification,
          stories: stories.map(({ name, title, steps }) => ({
            name,
            title,
            traces: steps.map(({ trace }) => trace),
          })),
        });
      } else {
        await writeText(`${renderVerification(verification)}\n`);
        if (opened.ok)
          for (const story of stories) await writeText(`${renderStory(story, opened.stage.world)}\n`);
      }
      if (!verification.ok) throw new Failure("");
    });
}

interface ToldStory {
  readonly name: string;
  readonly title: string;
  readonly steps: readonly { readonly contract: Contract; readonly trace: Trace }[];
}

/** A story, step by step: every contract as its owner publishes the example. */
function tellStory(stage: Stage, { name, title, steps }: Story): ToldStory {
  return {
    name,
    title,
    steps: steps.flatMap((key) => {
      const contract = stage.registry.contracts.get(key);
      return contract === undefined
        ? []
        : [{ contract, trace: traceEvent(stage, exampleEntry(contract), contract.account) }];
    }),
  };
}

function renderStory({ title, steps }: ToldStory, world: World): string {
  const told = steps.flatMap(({ contract, trace }, index) => [
    `${index + 1}. ${contract.description}`,
    indent(renderTrace(trace, { everyRule: false, world })),
  ]);
  return section(`Story: ${title}`, told.join("\n"));
}
