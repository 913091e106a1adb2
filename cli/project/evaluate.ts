import { readFileSync } from "node:fs";
import { bundleHandlers, type Bundles, HandlerError } from "../../infra/code/bundle.js";
import {
  handlersOf,
  planTopology,
  type StackPlan,
  type Topology,
  TopologyError,
} from "../../infra/topology/index.js";
import { EmissionCache, type StackToEmit, surroundingsOf } from "../../rehearsal/emission/emission-cache.js";
import { noCode } from "../../rehearsal/local/stages.js";
import { recordedPlan, type RecordedPlan, type RecordedStack } from "../../rehearsal/emission/plan-file.js";
import { requireOneSdk } from "../../rehearsal/emission/sdk-copies.js";
import { CallError, Failure, messageOf } from "../errors.js";
import { Progress } from "../terminal/progress.js";
import { writeWarnings } from "../terminal/write.js";
import { type Project, projectFolder } from "./registry.js";
import { type Stack, stacksOf } from "./stacks.js";

/** @throws TopologyError if the environment exceeds a quota: nothing is evaluated then */
export function requireTopology({ source, environment }: Project): Topology {
  const topology = planTopology(source.registry, environment);
  if (topology.problems.length > 0) throw new TopologyError(environment.name, topology.problems);
  return topology;
}

/** Where the emitted resources come from. */
export interface EmissionOptions {
  /** A saved `plan --json`. */
  readonly plan?: string;
  /** Whether an earlier emission of the same will do. Default: yes. */
  readonly cache?: boolean;
  /** Whether handlers are bundled; where they run from their files, nobody needs that. Default: yes. */
  readonly bundles?: boolean;
}

/**
 * What the real program emits for each stack, one after another: from memory where the same has been emitted before.
 * @throws SdkCopiesError if the program and the recorder would not share one Pulumi SDK
 */
export async function evaluate(
  topology: Topology,
  stacks: readonly Stack[],
  { cache = true, bundles = true }: EmissionOptions,
): Promise<RecordedPlan> {
  requireOneSdk(import.meta.url);
  const memory = cache ? EmissionCache.open(surroundingsOf(projectFolder)) : undefined;
  const { name, organizationId } = topology.environment;
  const plans = [...topology.stacks.values()];
  const handlers = bundles
    ? bundled(plans)
    : new Map(plans.flatMap(handlersOf).map((path) => [path, noCode]));
  const progress = new Progress("stacks evaluated");
  const recorded: RecordedStack[] = [];
  // The backbone's stack, the first, holds more at once than all others: V8 would let the heap grow by that measure.
  for (const { stack, account, assumeRoles } of stacks.toReversed()) {
    const plan = topology.stacks.get(account);
    if (plan === undefined) throw new Error(`no plan for account ${account}`);
    recorded.push(await emit({ stack, plan, assumeRoles, code: codeOf(plan, handlers) }, memory, handlers));
    progress.report(recorded.length, stacks.length);
  }
  progress.end();
  memory?.save();
  return {
    environment: name,
    ...(organizationId === undefined ? {} : { organizationId }),
    stacks: recorded.reverse(),
  };
}

/** @throws Failure with everything that is wrong with any handler: nothing is evaluated then */
export function bundled(plans: readonly StackPlan[]): Bundles {
  try {
    return bundleHandlers(projectFolder, plans.flatMap(handlersOf));
  } catch (error) {
    throw error instanceof HandlerError ? new Failure(error.message) : error;
  }
}

function codeOf(plan: StackPlan, handlers: Bundles): StackToEmit["code"] {
  return Object.fromEntries(handlersOf(plan).map((path) => [path, handlers.get(path)?.sha256 ?? ""]));
}

async function emit(
  stack: StackToEmit,
  memory: EmissionCache | undefined,
  handlers: Bundles,
): Promise<RecordedStack> {
  const known = memory?.recall(stack);
  if (known !== undefined) return known;
  // Pulumi takes a second to load; commands that need no evaluation must not pay for it.
  const { recordStack } = await import("../../rehearsal/emission/record.js");
  const recorded = await recordStack({ ...stack, handlers }).catch((error: unknown) => {
    // The recorder turns stack traces off, so the message is all there is; the engine shows where it comes from.
    throw new Failure(
      `stack "${stack.stack}" cannot be evaluated: ${messageOf(error)}\n(npx pulumi preview -s ${stack.stack} shows where in the program)`,
    );
  });
  memory?.remember(stack, recorded);
  return recorded;
}

/**
 * The emitted resources of a whole environment: evaluated, or read from a saved `plan --json`.
 * @throws CallError if the saved plan is of another environment, or of some stacks only
 */
export async function emittedPlan(project: Project, options: EmissionOptions): Promise<RecordedPlan> {
  const { plan } = options;
  return plan === undefined
    ? evaluateAll(project, requireTopology(project), options)
    : requireWhole(project, readPlan(plan));
}

/** What the program emits for every stack of the environment. */
export async function evaluateAll(
  project: Project,
  topology: Topology,
  options: EmissionOptions,
): Promise<RecordedPlan> {
  const { stacks, warnings } = stacksOf(project.source, project.environment);
  writeWarnings(warnings);
  return evaluate(topology, stacks, options);
}

function requireWhole({ registry, environment }: Project, plan: RecordedPlan): RecordedPlan {
  if (plan.environment !== environment.name) {
    throw new CallError(
      `--plan: the plan is of environment "${plan.environment}"; add --env ${plan.environment}`,
    );
  }
  const planned = new Set(plan.stacks.map(({ account }) => account));
  const missing = [...registry.accounts.keys()].filter((account) => !planned.has(account));
  if (missing.length === 0) return plan;
  throw new CallError(
    `--plan: the plan lacks the stacks of ${missing.join(", ")}; save a plan of all stacks: backbone plan --json`,
  );
}

function readPlan(file: string): RecordedPlan {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new CallError(`--plan: ${file} cannot be read: ${messageOf(error)}`);
  }
  const result = recordedPlan.safeParse(content);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue === undefined ? "" : ` (${issue.path.join(".")}: ${issue.message})`;
  throw new CallError(`--plan: ${file} is not what "backbone plan --json" prints${where}`);
}
