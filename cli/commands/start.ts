import type { Command } from "commander";
import type { Story } from "../../infra/registry/index.js";
import { openStage, type Stage } from "../../rehearsal/stage.js";
import { exampleEntry, traceEvent } from "../../rehearsal/trace.js";
import { verify } from "../../rehearsal/verify.js";
import { Failure } from "../errors.js";
import { evaluateAll, requireTopology } from "../evaluate.js";
import { Progress } from "../progress.js";
import { loadRegistry, selectEnvironment } from "../project.js";
import { renderRehearsal, type ToldStory } from "../report/start.js";
import { writeJson, writeText } from "../write.js";
import { cacheOption, envOption, jsonOption, registryOption, type CacheOptions } from "./options.js";

interface StartOptions extends CacheOptions {
  readonly all?: boolean;
}

export function addStartCommand(program: Command): void {
  program
    .command("start")
    .description("rehearse the whole backbone: who receives what, the proof, the stories (npm start)")
    .option("--all", "show every claim of the proof, and every statement and rule of the stories")
    .addOption(envOption())
    .addOption(registryOption())
    .addOption(cacheOption())
    .addOption(
      jsonOption(
        "{ environment, plan, verification, stories: [{ name, title, traces }] }, each as plan, verify and trace print it",
      ),
    )
    .action(async (options: StartOptions) => {
      const source = await loadRegistry(options.registry);
      const { registry } = source;
      const environment = selectEnvironment(registry, options.env);
      const topology = requireTopology(registry, environment);
      const plan = await evaluateAll(source, topology, options);
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
        const world = opened.ok ? opened.stage.world : undefined;
        const rehearsal = { registry, topology, plan, verification, stories, world };
        await writeText(renderRehearsal(rehearsal, options.all === true));
      }
      if (!verification.ok) throw new Failure("");
    });
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
