import type { Command } from "commander";
import { loadRegistry, selectEnvironment } from "../project.js";
import { renderDiagram } from "../report/diagram.js";
import { writeJson, writeText } from "../write.js";
import { envOption, jsonOption, registryOption, type RegistryOptions } from "./options.js";

export function addDiagramCommand(program: Command): void {
  program
    .command("diagram")
    .description("draw accounts, buses and routes as a Mermaid flowchart")
    .addOption(envOption())
    .addOption(registryOption())
    .addOption(jsonOption("{ environment, mermaid }"))
    .action(async (options: RegistryOptions) => {
      const { registry } = await loadRegistry(options.registry);
      const environment = selectEnvironment(registry, options.env);
      const mermaid = renderDiagram(registry, environment);
      if (options.json) await writeJson({ environment: environment.name, mermaid });
      else await writeText(mermaid);
    });
}
