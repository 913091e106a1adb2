import { planTopology } from "../../infra/topology/index.js";
import { renderDiagram } from "../../views/diagram.js";
import { defineCommand } from "./command.js";

export const diagramCommand = defineCommand({
  name: "diagram",
  description: "draw accounts, buses and routes as a Mermaid flowchart",
  json: "{ environment, mermaid }",
  run: async ({ project, answer }) => {
    const { source, registry, environment } = await project();
    const mermaid = renderDiagram(registry, planTopology(source.registry, environment));
    await answer({ json: () => ({ environment: environment.name, mermaid }), text: () => mermaid });
    return true;
  },
});
