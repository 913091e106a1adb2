import { tellRegistry } from "../../views/contracts.js";
import { renderPlan } from "../../views/plan.js";
import { evaluate, requireTopology } from "../project/evaluate.js";
import { environmentOf, selectStacks, stacksOf } from "../project/stacks.js";
import { writeWarnings } from "../terminal/write.js";
import { defineCommand } from "./command.js";

export const planCommand = defineCommand({
  name: "plan",
  description: "show the resources each stack emits, evaluated offline",
  argument: [
    "[stacks...]",
    "accounts or stacks to show; stacks may be of another environment (default: all of the environment)",
  ],
  takes: ["cache"],
  json: "{ environment, organizationId?, stacks: [{ stack, account, accountId, region, resources, outputs }], contracts: [{ key, service, account, publishers, source, detailType, version, examples: [{ name?, detail }], … }], routes: [{ events, to, contracts, filter? }] }",
  run: async ({ args, options, project, answer }) => {
    const opened = await project((source) => environmentOf(source, args, options.env));
    const { stacks, warnings } = stacksOf(opened.source, opened.environment);
    const selected = selectStacks(opened, stacks, args);
    writeWarnings(warnings);
    const plan = await evaluate(requireTopology(opened), selected, options);
    const facts = tellRegistry(opened.registry);
    await answer({
      json: () => ({ ...plan, ...facts }),
      text: () => renderPlan(plan, { resources: args.length > 0 }),
    });
    return true;
  },
});
