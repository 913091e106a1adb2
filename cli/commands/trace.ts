import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import type { Command } from "commander";
import { suggest, type Registry } from "../../infra/registry/index.js";
import { EventError, readEntry, traceEvent } from "../../rehearsal/trace.js";
import { openStage } from "../../rehearsal/stage.js";
import { CallError, Failure } from "../errors.js";
import { emittedPlan } from "../evaluate.js";
import { loadRegistry, selectEnvironment } from "../project.js";
import { renderTrace } from "../report/trace.js";
import { writeJson, writeText } from "../write.js";
import {
  cacheOption,
  envOption,
  jsonOption,
  planOption,
  registryOption,
  type PlanOptions,
} from "./options.js";

interface TraceOptions extends PlanOptions {
  readonly from: string;
}

export function addTraceCommand(program: Command): void {
  program
    .command("trace")
    .description("follow one event through the backbone, with the reasons at every step")
    .argument("<event.json>", 'a PutEvents entry or a full event; "-" reads standard input')
    .requiredOption("--from <account>", "account that publishes it")
    .addOption(envOption())
    .addOption(registryOption())
    .addOption(planOption())
    .addOption(cacheOption())
    .addOption(
      jsonOption(
        "{ event, contract: { kind, contract?, problems?, nearest? }, from, principal, accepted, deliveries: [{ account, bus, via }], lost, undecided, steps }",
      ),
    )
    .addHelpText("after", "\nExits with 0 whether the event is accepted or refused: both are answers.")
    .action(async (file: string, options: TraceOptions) => {
      const source = await loadRegistry(options.registry);
      const environment = selectEnvironment(source.registry, options.env);
      requireAccount(source.registry, options.from);
      const entry = readEvent(await readText(file), file);
      const plan = await emittedPlan(source, environment, options);
      const opened = openStage(source.registry, environment, plan);
      if (!opened.ok)
        throw new Failure(["The emitted resources cannot be rehearsed:", ...opened.problems].join("\n  "));
      const trace = traceEvent(opened.stage, entry, options.from);
      if (options.json) await writeJson(trace);
      else await writeText(renderTrace(trace, { everyRule: true, world: opened.stage.world }));
    });
}

function requireAccount(registry: Registry, from: string): void {
  if (registry.accounts.has(from)) return;
  throw new CallError(
    `--from: no account is named "${from}"; ${suggest(from, [...registry.accounts.keys()], "name another")}`,
  );
}

async function readText(file: string): Promise<string> {
  if (file === "-") return text(process.stdin);
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CallError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readEvent(content: string, file: string) {
  const shown = file === "-" ? "standard input" : file;
  try {
    return readEntry(JSON.parse(content));
  } catch (error) {
    if (error instanceof EventError) throw new CallError(`${shown}: ${error.message}`);
    if (error instanceof SyntaxError) throw new CallError(`${shown} is not JSON: ${error.message}`);
    throw error;
  }
}
