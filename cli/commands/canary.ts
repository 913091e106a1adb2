import { Option } from "commander";
import { randomUUID } from "node:crypto";
import colors from "picocolors";
import { type Contract, type Environment, hubContracts, type Registry } from "../../infra/registry/index.js";
import { type BackbonePlan, logRuleFor, planTopology } from "../../infra/topology/index.js";
import type { CanaryHop, CanaryResult } from "../../operations/canary.js";
import { OperationError, systemClock } from "../../operations/run.js";
import { expectationsOf } from "../../rehearsal/expectations.js";
import { indent } from "../../views/table.js";
import { CallError, Failure } from "../errors.js";
import { inAccounts, sessionOf, type Sessions } from "../project/access.js";
import type { Project } from "../project/registry.js";
import { backboneCommand, type CommandContext } from "../terminal/command-line.js";
import { confirm, requireConsent } from "../terminal/confirm.js";
import { untilInterrupted } from "../terminal/interrupt.js";
import { printable } from "../terminal/printable.js";
import { Progress } from "../terminal/progress.js";
import { readDuration } from "../terminal/time.js";
import { writeJson, writeText } from "../terminal/write.js";
import { defineCommand, type SharedOptions } from "./command.js";

interface CanaryOptions extends SharedOptions {
  readonly all?: boolean;
  readonly timeout: string;
  readonly poll: string;
  readonly watch?: string | true;
}

const watchEvery = "5m";

export const canaryCommand = defineCommand<CanaryOptions>({
  name: "canary",
  description: "publish the registry's canary and wait until the log of every receiver shows it",
  options: [
    new Option(
      "--all",
      "publish the example of every contract that some route carries, one after another, but for those of events of AWS; asks first",
    ),
    new Option("--timeout <time>", "how long to wait for the logs").default("2m"),
    new Option("--poll <time>", "how long between two looks at the logs").default("5s"),
    new Option(
      "--watch [every]",
      `keep going until Ctrl-C, whatever fails: ${watchEvery} apart, or as long as you say`,
    ),
  ],
  takes: ["yes", "profile"],
  json: "{ ok, environment, contract, eventId?, mark?, doubt?, publishedAt, searched?: { from, until }, interrupted, hops: [{ account, logGroup, seenAfterMilliseconds?, problem? }], wrongAccount?, missing?: { account, hop }, problem? }; with --watch or --all one line each",
  help: [
    "Consumers see a canary as an event like others, but for event-backbone:canary:… in its resources.",
    "Events of AWS cannot be canaries: EventBridge takes them from AWS alone.",
    "Exits with 0 if every log showed every canary, with 1 if not or if it could not be told.",
  ],
  run: async ({ options, project }) => {
    const times = readTimes(options);
    if (options.all === true) requireConsent(options, "--all");
    const opened = await project();
    const plans = plansOf(opened, options.all === true);
    const accounts = plans.flatMap(({ contract, backbone, receivers }) => [
      contract.account,
      backbone.account,
      ...receivers,
    ]);
    return inAccounts(opened, [...new Set(accounts)], (sessions) =>
      untilInterrupted((signal) => publish({ plans, sessions, times, signal, options })),
    );
  },
});

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

/** One canary: what will be published, and who will see it. */
interface CanaryPlan {
  readonly environment: Environment;
  readonly contract: Contract;
  readonly backbone: BackbonePlan;
  readonly receivers: readonly string[];
  /** What commands to run next have in common with this one. */
  readonly context: CommandContext;
  readonly logs: readonly { readonly account: string; readonly logGroup: string }[];
}

/** @throws CallError without a canary in the registry; Failure if nobody would receive one */
function plansOf({ source, registry, environment, context }: Project, isAll: boolean): CanaryPlan[] {
  const { stacks } = planTopology(source.registry, environment);
  const { receivers } = expectationsOf(registry, environment);
  const backbone = [...stacks.values()].find((stack): stack is BackbonePlan => stack.kind === "backbone");
  if (backbone === undefined) throw new Error("no backbone in the topology");
  const contracts = isAll ? hubContracts(registry) : [requireCanary(registry)];
  const plans = contracts.map((contract): CanaryPlan => {
    const to = receivers(contract, contract.example);
    const watched = [registry.backbone, ...to].flatMap((name) => stacks.get(name) ?? []);
    return {
      environment,
      contract,
      backbone,
      receivers: to,
      context,
      logs: watched.map(({ account, log }) => ({ account, logGroup: log.logGroupName })),
    };
  });
  const received = plans.filter((plan) => plan.receivers.length > 0);
  if (received.length > 0) return received;
  throw new Failure(
    isAll
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
  readonly sessions: Sessions;
  readonly times: Times;
  readonly signal: AbortSignal;
  readonly options: CanaryOptions;
}

/** @returns whether every canary was seen everywhere, but for one that a watch was ended in */
async function publish({ plans, sessions, times, signal, options }: Run): Promise<boolean> {
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
      boundAccount: boundAccount(plan),
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

/** Id of the account that forwards take the contract from, where they go by it. */
function boundAccount({ environment, contract }: CanaryPlan): string | undefined {
  return environment.publishing === "organisation" ? environment.accountIds.get(contract.account) : undefined;
}

/** A function, because the compiler takes a signal that was quiet once to be quiet for ever. */
function isRaised({ aborted }: AbortSignal): boolean {
  return aborted;
}

/** What will be published, and who will see it. */
function renderCanaryPlan(plans: readonly CanaryPlan[]): string {
  return plans
    .map(
      ({ contract, receivers, backbone }) =>
        `Publishing ${contract.key} from ${contract.account}, marked in resources; expected in the logs of ${[backbone.account, ...receivers].join(", ")}.`,
    )
    .join("\n");
}

function renderCanary(facts: CanaryPlan, result: CanaryResult): string {
  const { eventId, publishedAt, hops, doubt, mark, wrongAccount } = result;
  const missing = missingHop(facts, result);
  return [
    `${publishedAt.toISOString()} canary ${eventId ?? mark} (${facts.contract.key}): ${verdict(result)}`,
    ...(doubt === undefined
      ? []
      : [indent(`${colors.yellow("?")} it may be on the bus: ${printable(doubt)}`)]),
    ...hops.map((hop) => indent(renderHop(hop, result))),
    ...(wrongAccount === undefined
      ? []
      : [
          indent(
            `${colors.red("✗")} EventBridge gives it the account ${printable(wrongAccount)}, not the publisher's ${String(boundAccount(facts))}: forwards that bind accounts take nothing; write publishing: "statements" and deploy ${facts.backbone.account}`,
          ),
        ]),
    ...(missing === undefined ? [] : [indent(missing.hop)]),
  ].join("\n");
}

function renderHop(
  { account, logGroup, seenAfter, problem }: CanaryHop,
  { searched, interrupted }: CanaryResult,
): string {
  if (seenAfter !== undefined) {
    return `${colors.green("✓")} ${account}: seen after ${(seenAfter / 1_000).toFixed(1)} s`;
  }
  if (interrupted && problem === undefined) return `${colors.yellow("?")} ${account}: not seen so far`;
  return problem === undefined
    ? `${colors.red("✗")} ${account}: not seen in ${logGroup}, which holds records by the event's own time, from ${searched.from.toISOString()} to ${searched.until.toISOString()}`
    : `${colors.yellow("?")} ${account}: its log could not be looked at: ${printable(problem)}`;
}

function verdict({ ok, interrupted, doubt, hops, wrongAccount }: CanaryResult): string {
  if (ok) return colors.green("arrived everywhere");
  if (wrongAccount !== undefined) return colors.red("has another account than its publisher's");
  if (interrupted) return colors.yellow("interrupted before all logs showed it");
  if (doubt !== undefined) return colors.yellow("in doubt");
  return hops.every(({ seenAfter, problem }) => seenAfter !== undefined || problem !== undefined)
    ? colors.yellow("not every log could be looked at")
    : colors.red("not seen everywhere in time");
}

/** One that could not be published, or whose way could not be followed at all. */
function renderCanaryFailure({ contract }: CanaryPlan, at: Date, problem: string): string {
  return `${at.toISOString()} canary (${contract.key}): ${colors.red("not published")}\n${indent(printable(problem))}`;
}

/** What `canary --json` prints. */
function canaryToJson(facts: CanaryPlan, result: CanaryResult): unknown {
  const { eventId, mark, doubt, publishedAt, searched, hops, wrongAccount, ok, interrupted } = result;
  return {
    ok,
    environment: facts.environment.name,
    contract: facts.contract.key,
    eventId,
    mark,
    doubt,
    publishedAt: publishedAt.toISOString(),
    searched: { from: searched.from.toISOString(), until: searched.until.toISOString() },
    interrupted,
    hops: hops.map(({ account, logGroup, seenAfter, problem }) => ({
      account,
      logGroup,
      ...(seenAfter === undefined ? {} : { seenAfterMilliseconds: seenAfter }),
      problem,
    })),
    ...(wrongAccount === undefined ? {} : { wrongAccount }),
    missing: missingHop(facts, result),
  };
}

/** What `canary --json` prints for {@link renderCanaryFailure}. */
function canaryFailureToJson({ environment, contract }: CanaryPlan, at: Date, problem: string): unknown {
  return {
    ok: false,
    environment: environment.name,
    contract: contract.key,
    publishedAt: at.toISOString(),
    interrupted: false,
    hops: [],
    problem,
  };
}

/** The first hop that no log shows, and where to look: whatever comes behind it is its consequence. */
function missingHop(
  { backbone, contract, context }: CanaryPlan,
  { hops, doubt, interrupted, wrongAccount }: CanaryResult,
): { readonly account: string; readonly hop: string } | undefined {
  const hop = hops.find(({ seenAfter }) => seenAfter === undefined);
  if (interrupted || wrongAccount !== undefined || hop === undefined || hop.problem !== undefined)
    return undefined;
  const { account, logGroup } = hop;
  const look = (name: string) => `\`${backboneCommand(["dead-letters", name], context)}\``;
  if (account === backbone.account) {
    const cause =
      doubt === undefined
        ? `${backbone.bus.name} accepted the canary but ${logGroup} does not show it yet`
        : `nobody knows whether ${backbone.bus.name} took the canary`;
    return {
      account,
      hop: `missing hop: ${cause}; look at rule ${logRuleFor(backbone.log, contract)} and at ${look(account)}`,
    };
  }
  const rules = backbone.forwards
    .filter(({ member, busName }) => member === account && busName === undefined)
    .flatMap((forward) => forward.rules.map(({ name }) => name));
  return {
    account,
    hop: `missing hop: rule ${rules.join(" or ")} on ${backbone.bus.name} did not bring it to ${account}, or ${logGroup} does not log; look at ${look(backbone.account)} and ${look(account)}`,
  };
}
