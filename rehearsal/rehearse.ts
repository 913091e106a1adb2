import { overlaps, takesEvery } from "event-patterns";
import { type Environment, parseRegistry, type Registry, inEnvironment } from "../infra/registry/index.js";
import { planStack, stackName } from "../infra/topology/index.js";
import type { RecordedPlan, RecordedStack } from "./emission/plan-file.js";
import { recordStack } from "./emission/record.js";
import { validPattern } from "./expectations.js";
import { openStage, publish, type Stage } from "./stage.js";
import { type Verification, verify } from "./verify.js";

/** One environment of a registry, and what the real program emits for it: what a test of a promise asks. */
export interface Rehearsal {
  readonly registry: Registry;
  readonly environment: Environment;
  /** The emitted resources of every stack, as `backbone plan --json` prints them. */
  readonly plan: RecordedPlan;
  /** The whole proof, as `backbone verify --json` prints it. */
  readonly verify: () => Verification;
  /**
   * The contracts that an account receives, sorted; asked of the emitted rules, roles and policies, never of the routes.
   * A key alone, such as `orders/Order.Created`, says that the forward takes every event of the contract, and that
   * its examples, published by its owner, arrive. Where the forward takes some of its events only, `(filtered)` is added.
   * @throws Error if the resources cannot be read as AWS would read them; it names each problem
   */
  readonly receivedBy: (account: string) => readonly string[];
}

/**
 * Runs the real program offline for every account of an environment, as `backbone verify` does.
 * Pulumi's mock runtime is global to the process: one rehearsal after the other, never two at once.
 * @param definition a registry, such as `config/index.ts` exports; checked here
 * @param environment a name in the registry's `environments`
 * @throws RegistryError with every problem found, TopologyError if a quota of AWS's is exceeded
 */
export async function rehearse(definition: unknown, environment: string): Promise<Rehearsal> {
  const registry = parseRegistry(definition);
  const found = registry.environments.get(environment);
  if (found === undefined) throw new Error(`no environment ${environment}`);
  const { organizationId } = found;
  const plan: RecordedPlan = {
    environment,
    ...(organizationId === undefined ? {} : { organizationId }),
    stacks: await recordStacks(registry, found),
  };
  return {
    registry,
    environment: found,
    plan,
    verify: () => verify(registry, found, plan),
    receivedBy: (account) => receivedBy(stageOf(registry, found, plan), account),
  };
}

async function recordStacks(registry: Registry, environment: Environment): Promise<RecordedStack[]> {
  const recorded: RecordedStack[] = [];
  const { backbone, members } = inEnvironment(registry, environment);
  for (const account of [backbone, ...members]) {
    const selection = { account, environment: environment.name };
    const plan = planStack(registry, selection);
    recorded.push(await recordStack({ stack: stackName(registry, selection), plan, assumeRoles: [] }));
  }
  return recorded;
}

function stageOf(registry: Registry, environment: Environment, plan: RecordedPlan): Stage {
  const opened = openStage(registry, environment, plan);
  if (!opened.ok) throw new Error(opened.problems.join("\n"));
  return opened.stage;
}

function receivedBy(stage: Stage, account: string): string[] {
  const { registry, world, busOf } = stage;
  const bus = busOf(account);
  const forwards = (world.buses.get(busOf(registry.backbone))?.rules ?? [])
    .filter(({ enabled, targets }) => enabled && targets.some(({ arn }) => arn === bus))
    .map(({ pattern }) => pattern);
  return [...registry.contracts.values()]
    .flatMap((contract) => {
      const { key, source, detailType } = contract;
      const envelope = new Map([
        ["source", source],
        ["detail-type", detailType],
      ]);
      if (forwards.some((pattern) => takesEvery(pattern, envelope))) {
        const arrives = contract.examples.every(({ detail }) =>
          publish(stage, { contract, detail }).arrivals.some(({ arn }) => arn === bus),
        );
        return arrives ? [key] : [];
      }
      const all = validPattern({ source: [source], "detail-type": [detailType] });
      return forwards.some((pattern) => overlaps(pattern, all).length > 0) ? [`${key} (filtered)`] : [];
    })
    .sort();
}
