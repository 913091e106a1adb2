import colors from "picocolors";
import type { Contract, Environment } from "../../infra/registry/index.js";
import type { BackbonePlan } from "../../infra/topology/index.js";
import type { CanaryHop, CanaryResult } from "../../operations/canary.js";
import { backboneCommand, type CommandContext } from "../command-line.js";
import { printable } from "../printable.js";
import { indent } from "../table.js";

export interface CanaryFacts {
  readonly environment: Environment;
  readonly contract: Contract;
  readonly backbone: BackbonePlan;
  readonly receivers: readonly string[];
  /** What commands to run next have in common with this one. */
  readonly context: CommandContext;
}

/** What will be published, and who will see it. */
export function renderCanaryPlan(
  plans: readonly Pick<CanaryFacts, "contract" | "receivers" | "backbone">[],
): string {
  return plans
    .map(
      ({ contract, receivers, backbone }) =>
        `Publishing ${contract.key} from ${contract.account}, marked in resources; expected in the logs of ${[backbone.account, ...receivers].join(", ")}.`,
    )
    .join("\n");
}

export function renderCanary(facts: CanaryFacts, result: CanaryResult): string {
  const { eventId, publishedAt, hops, doubt, mark } = result;
  const missing = missingHop(facts, result);
  return [
    `${publishedAt.toISOString()} canary ${eventId ?? mark} (${facts.contract.key}): ${verdict(result)}`,
    ...(doubt === undefined
      ? []
      : [indent(`${colors.yellow("?")} it may be on the bus: ${printable(doubt)}`)]),
    ...hops.map((hop) => indent(renderHop(hop, result))),
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

function verdict({ ok, interrupted, doubt, hops }: CanaryResult): string {
  if (ok) return colors.green("arrived everywhere");
  if (interrupted) return colors.yellow("interrupted before all logs showed it");
  if (doubt !== undefined) return colors.yellow("in doubt");
  return hops.every(({ seenAfter, problem }) => seenAfter !== undefined || problem !== undefined)
    ? colors.yellow("not every log could be looked at")
    : colors.red("not seen everywhere in time");
}

/** One that could not be published, or whose way could not be followed at all. */
export function renderCanaryFailure({ contract }: CanaryFacts, at: Date, problem: string): string {
  return `${at.toISOString()} canary (${contract.key}): ${colors.red("not published")}\n${indent(printable(problem))}`;
}

/** What `canary --json` prints. */
export function canaryToJson(facts: CanaryFacts, result: CanaryResult): unknown {
  const { eventId, mark, doubt, publishedAt, searched, hops, ok, interrupted } = result;
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
    missing: missingHop(facts, result),
  };
}

/** What `canary --json` prints for {@link renderCanaryFailure}. */
export function canaryFailureToJson(
  { environment, contract }: CanaryFacts,
  at: Date,
  problem: string,
): unknown {
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
  { backbone, context }: CanaryFacts,
  { hops, doubt, interrupted }: CanaryResult,
): { readonly account: string; readonly hop: string } | undefined {
  const hop = hops.find(({ seenAfter }) => seenAfter === undefined);
  if (interrupted || hop === undefined || hop.problem !== undefined) return undefined;
  const { account, logGroup } = hop;
  const look = (name: string) => `\`${backboneCommand(["dead-letters", name], context)}\``;
  if (account === backbone.account) {
    const cause =
      doubt === undefined
        ? `${backbone.bus.name} accepted the canary but ${logGroup} does not show it yet`
        : `nobody knows whether ${backbone.bus.name} took the canary`;
    return {
      account,
      hop: `missing hop: ${cause}; look at rule ${backbone.log.ruleName} and at ${look(account)}`,
    };
  }
  const rules = backbone.forwards
    .filter(({ member }) => member === account)
    .flatMap((forward) => forward.rules.map(({ name }) => name));
  return {
    account,
    hop: `missing hop: rule ${rules.join(" or ")} on ${backbone.bus.name} did not bring it to ${account}, or ${logGroup} does not log; look at ${look(backbone.account)} and ${look(account)}`,
  };
}
