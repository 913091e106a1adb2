import type { Command } from "commander";
import { randomUUID } from "node:crypto";
import type { Contract, Environment, Registry } from "../../infra/registry/index.js";
import { type BackbonePlan, planTopology, type Topology } from "../../infra/topology/index.js";
import type { AccountSession } from "../../operations/aws/session.js";
import { OperationError, systemClock } from "../../operations/run.js";
import { expectationsOf } from "../../rehearsal/expectations.js";
import { type AccessOptions, openAccounts, sessionOf } from "../access.js";
import { confirm, requireConsent } from "../confirm.js";
import { CallError, Failure } from "../errors.js";
import { untilInterrupted } from "../interrupt.js";
import { Progress } from "../progress.js";
import { loadRegistry, selectEnvironment } from "../project.js";
import {
  type CanaryFacts,
  canaryFailureToJson,
  canaryToJson,
  renderCanary,
  renderCanaryFailure,
  renderCanaryPlan,
} from "../report/canary.js";
import { readDuration } from "../time.js";
import { writeJson, writeText } from "../write.js";
import { profileOption, yesOption } from "./access-options.js";
import { envOption, jsonOption, registryOption, type RegistryOptions } from "./options.js";

interface CanaryOptions extends RegistryOptions, AccessOptions {
  readonly all?: boolean;
  readonly timeout: string;
  readonly poll: string;
  readonly watch?: string | true;
  readonly yes?: boolean;
}

const watchEvery = "5m";

export function addCanaryCommand(program: Command): void {
  program
    .command("canary")
    .description("publish the registry's canary and wait until the log of every receiver shows it")
    .option(
      "--all",
      "publish the example of every contract that some route carries, one after another; asks first",
    )
    .option("--timeout <time>", "how long to wait for the logs", "2m")
    .option("--poll <time>", "how long between two looks at the logs", "5s")
    .option(
      "--watch [every]",
      `keep going until Ctrl-C, whatever fails: ${watchEvery} apart, or as long as you say`,
    )
    .addOption(yesOption())
    .addOption(profileOption())
    .addOption(envOption())
    .addOption(registryOption())
    .addOption(
      jsonOption(
        "{ ok, environment, contract, eventId?, mark?, doubt?, publishedAt, searched?: { from, until }, interrupted, hops: [{ account, logGroup, seenAfterMilliseconds?, problem? }], missing?: { account, hop }, problem? }; with --watch or --all one line each",
      ),
    )
    .addHelpText(
      "after",
      [
        "",
        "Consumers see a canary as an event like others, but for event-backbone:canary:… in its resources.",
        "Exits with 0 if every log showed every canary, with 1 if not or if it could not be told.",
      ].join("\n"),
    )
    .action(async (options: CanaryOptions) => {
      const times = readTimes(options);
      if (options.all === true) requireConsent(options, "--all");
      const source = await loadRegistry(options.registry);
      const { registry } = source;
      const environment = selectEnvironment(registry, options.env);
      const plans = plansOf(registry, environment, planTopology(registry, environment), options);
      const accounts = plans.flatMap(({ contract, backbone, receivers }) => [
        contract.account,
        backbone.account,
        ...receivers,
      ]);
      const sessions = await openAccounts(source, environment, [...new Set(accounts)], options);
      try {
        const isWell = await untilInterrupted((signal) => run({ plans, sessions, times, signal, options }));
        if (!isWell) throw new Failure("");
      } finally {
        for (const session of sessions.values()) session.close();
      }
    });
}

interface Times {
  readonly timeoutMilliseconds: number;
  readonly pollMilliseconds: number;
  /** Milliseconds between two rounds of a watch. */
  readonly every: number | undefined;
}

function readTimes({ timeout, poll, watch }: CanaryOptions): Times {
  return {
    timeoutMilliseconds: readDuration("--timeout", timeout),
    pollMilliseconds: readDuration("--poll", poll),
    every: watch === undefined ? undefined : readDuration("--watch", watch === true ? watchEvery : watch),
  };
}

interface CanaryPlan extends CanaryFacts {
  readonly logs: readonly { readonly account: string; readonly logGroup: string }[];
}

/** @throws CallError without a canary in the registry; Failure if nobody would receive one */
function plansOf(
  registry: Registry,
  environment: Environment,
  { stacks }: Topology,
  options: CanaryOptions,
): CanaryPlan[] {
  const { receivers } = expectationsOf(registry);
  const backbone = [...stacks.values()].find((stack): stack is BackbonePlan => stack.kind === "backbone");
  if (backbone === undefined) throw new Error("no backbone in the topology");
  const contracts = options.all === true ? [...registry.contracts.values()] : [requireCanary(registry)];
  const plans = contracts.map((contract): CanaryPlan => {
    const to = receivers(contract, contract.example);
    const watched = [registry.backbone, ...to].flatMap((name) => stacks.get(name) ?? []);
    return {
      environment,
      contract,
      backbone,
      receivers: to,
      context: { environment: environment.name, registry: options.registry, profile: options.profile },
      logs: watched.map(({ account, log }) => ({ account, logGroup: log.logGroupName })),
    };
  });
  const received = plans.filter((plan) => plan.receivers.length > 0);
  if (received.length > 0) return received;
  throw new Failure(
    options.all === true
      ? "no contract's example passes a route's filter, so canaries would show nothing; add a route"
      : `the example of ${contracts[0]?.key ?? ""} passes no route's filter, so the canary would show nothing; name another contract as canary`,
  );
}

function requireCanary(registry: Registry): Contract {
  const contract = registry.contracts.get(registry.canary ?? "");
  if (contract !== undefined) return contract;
  throw new CallError(
    'the registry declares no canary; add canary: "<service>/<detail-type>" to it, naming a contract that some route carries',
  );
}

interface Run {
  readonly plans: readonly CanaryPlan[];
  readonly sessions: ReadonlyMap<string, AccountSession>;
  readonly times: Times;
  readonly signal: AbortSignal;
  readonly options: CanaryOptions;
}

/** @returns whether every canary was seen everywhere, but for one that a watch was ended in */
async function run({ plans, sessions, times, signal, options }: Run): Promise<boolean> {
  const explanation = renderCanaryPlan(plans);
  if (!options.json) await writeText(explanation);
  else if (options.all === true) process.stderr.write(`${explanation}\n`);
  if (options.all === true && !(await confirm(options, "Publish these, for all consumers to see?", signal))) {
    if (!options.json) await writeText("Nothing was published.");
    return true;
  }
  let isWell = true;
  for (;;) {
    for (const plan of plans) {
      if (isRaised(signal)) break;
      isWell = (await runOne(plan, { sessions, times, signal, options })) && isWell;
    }
    if (times.every === undefined) return isWell && !isRaised(signal);
    await systemClock.sleep(times.every, signal);
    if (isRaised(signal)) return isWell;
  }
}

/** Publishes one and tells what became of it; in a watch, a failure is told like any other result. */
async function runOne(
  plan: CanaryPlan,
  { sessions, times, signal, options }: Omit<Run, "plans">,
): Promise<boolean> {
  const { runCanary } = await import("../../operations/canary.js");
  const write = async (text: string, json: unknown) => {
    if (!options.json) await writeText(text);
    else if (times.every === undefined && options.all !== true) await writeJson(json);
    else await writeText(JSON.stringify(json));
  };
  const progress = new Progress("logs show the canary");
  try {
    const result = await runCanary({
      contract: plan.contract,
      globalBus: plan.backbone.bus.arn,
      owner: sessionOf(sessions, plan.contract.account),
      logs: plan.logs.map(({ account, logGroup }) => ({ session: sessionOf(sessions, account), logGroup })),
      name: randomUUID(),
      ...times,
      clock: systemClock,
      signal,
      progress: (done, total) => {
        progress.report(done, total);
      },
    });
    progress.end();
    await write(renderCanary(plan, result), canaryToJson(plan, result));
    return result.ok || (times.every !== undefined && result.interrupted);
  } catch (error) {
    progress.end();
    const isOnlyOne = times.every === undefined && options.all !== true;
    if (!(error instanceof OperationError) || isOnlyOne) throw error;
    const now = new Date();
    await write(renderCanaryFailure(plan, now, error.message), canaryFailureToJson(plan, now, error.message));
    return false;
  }
}

/** A function, because the compiler takes a signal that was quiet once to be quiet for ever. */
function isRaised({ aborted }: AbortSignal): boolean {
  return aborted;
}
