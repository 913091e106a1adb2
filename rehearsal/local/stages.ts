import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { inEnvironment, parseRegistry } from "../../infra/registry/index.js";
import { handlersOf, planStack, type StackPlan, stackName } from "../../infra/topology/index.js";
import { EmissionCache, type StackToEmit, surroundingsOf } from "../emission/emission-cache.js";
import type { RecordedStack } from "../emission/plan-file.js";
import { openStage, type Stage } from "../stage.js";

/** Folder of the project. */
export const projectFolder = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Stages change nothing of themselves, so all backbones of a registry stand on one. */
const stages = new WeakMap<object, Map<string | undefined, Promise<Stage>>>();

/** Pulumi's mock runtime is global to the process: one registry after the other. */
let last: Promise<unknown> = Promise.resolve();

/**
 * The emitted resources of a registry in an environment, loaded. What has been emitted before comes from the disk, as with the
 * commands; of the same registry it is the same stage.
 * @param environment default: the registry's own
 * @throws RegistryError, TopologyError with everything that is wrong
 */
export function stageFor(definition: object, environment?: string): Promise<Stage> {
  const known = stages.get(definition) ?? new Map<string | undefined, Promise<Stage>>();
  stages.set(definition, known);
  const opened = known.get(environment) ?? openAfter(last, definition, environment);
  known.set(environment, opened);
  last = opened.catch(() => undefined);
  return opened;
}

async function openAfter(
  before: Promise<unknown>,
  definition: object,
  wanted: string | undefined,
): Promise<Stage> {
  await before;
  const registry = parseRegistry(definition);
  const name = wanted ?? registry.defaultEnvironment;
  const environment = registry.environments.get(name);
  if (environment === undefined)
    throw new Error(
      `there is no environment ${JSON.stringify(name)}; there are ${[...registry.environments.keys()].join(", ")}`,
    );
  const memory = EmissionCache.open(surroundingsOf(projectFolder));
  const stacks: RecordedStack[] = [];
  const { backbone, members } = inEnvironment(registry, environment);
  for (const account of [backbone, ...members]) {
    const selection = { account, environment: name };
    const stack = stackName(registry, selection);
    stacks.push(
      await emit({ ...withoutCode(planStack(registry, selection)), stack, assumeRoles: [] }, memory),
    );
  }
  memory?.save();
  const { organizationId } = environment;
  const plan = { environment: name, ...(organizationId === undefined ? {} : { organizationId }), stacks };
  const opened = openStage(registry, environment, plan);
  if (opened.ok) return opened.stage;
  throw new Error(["The emitted resources cannot be played:", ...opened.problems].join("\n  "));
}

/** Handlers run as modules here, and are not bundled for that: a plan without their code is the same but for its hash. */
function withoutCode(plan: StackPlan): Pick<StackToEmit, "plan" | "code"> {
  return { plan, code: Object.fromEntries(handlersOf(plan).map((path) => [path, noCode.sha256])) };
}

export const noCode = { code: "// not bundled", sha256: "none" };

async function emit(stack: StackToEmit, memory: EmissionCache | undefined): Promise<RecordedStack> {
  const known = memory?.recall(stack);
  if (known !== undefined) return known;
  // Pulumi takes a second to load; what has been emitted before needs none of it.
  const { recordStack } = await import("../emission/record.js");
  const handlers = new Map(Object.keys(stack.code).map((path) => [path, noCode]));
  const recorded = await recordStack({ ...stack, handlers });
  memory?.remember(stack, recorded);
  return recorded;
}
