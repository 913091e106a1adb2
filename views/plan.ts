import type { RecordedPlan, RecordedResource, RecordedStack } from "../rehearsal/emission/plan-file.js";
import { count, indent, renderTable, section } from "./table.js";

/** The stacks with their resource counts by kind; with `resources`, each stack's resources too. */
export function renderPlan(plan: RecordedPlan, { resources }: { readonly resources: boolean }): string {
  const total = plan.stacks.reduce((sum, { resources: emitted }) => sum + emitted.length, 0);
  const title = `Environment ${plan.environment}: ${count(plan.stacks.length, "stack")}, ${count(total, "resource")}`;
  return [
    section(title, renderCounts(plan.stacks)),
    ...(resources
      ? plan.stacks.map((stack) => section(`Stack ${stack.stack}`, renderTree(stack.resources)))
      : []),
  ].join("\n");
}

/** `aws:cloudwatch/eventBusPolicy:EventBusPolicy` is of kind `EventBusPolicy`. */
function kindOf({ type }: Pick<RecordedResource, "type">): string {
  if (type.startsWith("pulumi:providers:")) return "Provider";
  return type.split(":").at(-1) ?? type;
}

/** More stacks than this are summed up: their columns would not fit beside each other. */
const widestTable = 6;

function renderCounts(stacks: readonly RecordedStack[]): string {
  const kinds = [...new Set(stacks.flatMap(({ resources }) => resources.map(kindOf)))].sort();
  const countIn = (stack: RecordedStack, kind: string) =>
    stack.resources.filter((resource) => kindOf(resource) === kind).length;
  const sum = (kind: string) => stacks.reduce((total, stack) => total + countIn(stack, kind), 0);
  if (stacks.length > widestTable) {
    return renderTable(
      [{ title: "Kind" }, { title: "All stacks", align: "right" }],
      kinds.map((kind) => [kind, String(sum(kind))]),
    );
  }
  const columns = stacks.map(({ stack }) => ({ title: stack, align: "right" as const }));
  return renderTable(
    [{ title: "Kind" }, ...columns],
    [
      ["account id", ...stacks.map(({ accountId }) => accountId)],
      ["region", ...stacks.map(({ region }) => region)],
      ...kinds.map((kind) => [kind, ...stacks.map((stack) => String(countIn(stack, kind) || "·"))]),
      ["in all", ...stacks.map(({ resources }) => String(resources.length))],
    ],
  );
}

/** Resources under the component they belong to. */
function renderTree(resources: readonly RecordedResource[]): string {
  const children = (parent: string | undefined) => resources.filter((resource) => resource.parent === parent);
  const lines = (parent: string | undefined): string[] =>
    children(parent).flatMap((resource) => {
      const { type, name, inputs, options } = resource;
      const physical = typeof inputs.name === "string" ? `  ${inputs.name}` : "";
      const guard = options.protect ? "  [protected]" : "";
      return [
        `${kindOf(resource)} ${name}${physical}${guard}`,
        ...lines(`${type}::${name}`).map((line) => indent(line)),
      ];
    });
  return lines(undefined).join("\n");
}
