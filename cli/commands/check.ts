import type { Command } from "commander";
import colors from "picocolors";
import { type Environment, formatProblem, type Registry, RegistryError } from "../../infra/registry/index.js";
import { planTopology, type Topology } from "../../infra/topology/index.js";
import { Failure } from "../errors.js";
import { loadRegistry, type RegistrySource, selectEnvironment } from "../project.js";
import { renderMatrix } from "../report/matrix.js";
import { renderQuotas } from "../report/quotas.js";
import { stacksOf } from "../stacks.js";
import { count, section } from "../table.js";
import { writeJson, writeText } from "../write.js";
import { envOption, jsonOption, registryOption, type RegistryOptions } from "./options.js";

export function addCheckCommand(program: Command): void {
  program
    .command("check")
    .description("check the registry and the quotas; evaluates nothing")
    .addOption(envOption())
    .addOption(registryOption())
    .addOption(
      jsonOption(
        "{ ok, environment?, problems: [{ path, message }], warnings: [text], quotas: [{ quota, where, used, limit }], room? }",
      ),
    )
    .action(async (options: RegistryOptions) => {
      const source = await loadOrReport(options);
      const environment = selectEnvironment(source.registry, options.env);
      const topology = planTopology(source.registry, environment);
      const warnings = [
        ...source.registry.warnings.map(formatProblem),
        ...topology.warnings,
        ...stacksOf(source, environment).warnings,
      ];
      if (options.json) await writeJson(toJson(topology, warnings));
      else await writeText(renderCheck(source.registry, environment, topology, warnings));
      if (topology.problems.length > 0) {
        throw new Failure(
          options.json ? "" : topology.problems.map((problem) => `error: ${problem}`).join("\n"),
        );
      }
    });
}

/** With `--json` a wrong registry is an answer, not a failure to answer. */
async function loadOrReport({ registry, json }: RegistryOptions): Promise<RegistrySource> {
  try {
    return await loadRegistry(registry);
  } catch (error) {
    if (json !== true || !(error instanceof RegistryError)) throw error;
    await writeJson({ ok: false, problems: error.problems, warnings: [], quotas: [] });
    throw new Failure("");
  }
}

function toJson(topology: Topology, warnings: readonly string[]): unknown {
  return {
    ok: topology.problems.length === 0,
    environment: topology.environment.name,
    problems: topology.problems.map((message) => ({
      path: `environments.${topology.environment.name}.quotas`,
      message,
    })),
    warnings,
    quotas: topology.quotaUsage.map(({ quota, where, used, limit }) => ({ quota, where, used, limit })),
    room: { services: topology.roomForServices, members: topology.roomForMembers },
  };
}

function renderCheck(
  registry: Registry,
  environment: Environment,
  topology: Topology,
  warnings: readonly string[],
): string {
  const size = [
    count(registry.members.length, "member"),
    count(registry.services.size, "service"),
    count(registry.contracts.size, "contract"),
    count(registry.routes.length, "route"),
  ].join(", ");
  return [
    section(`Registry holds: ${size}`, renderMatrix(registry)),
    section(`Quotas of ${environment.name}`, renderQuotas(topology)),
    ...warnings.map((warning) => `${colors.yellow("warning:")} ${warning}`),
  ].join("\n");
}
