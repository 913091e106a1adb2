import colors from "picocolors";
import type { Contract, Environment } from "../../infra/registry/index.js";
import type { BackbonePlan } from "../../infra/topology/index.js";
import type { CanaryResult } from "../../operations/canary.js";
import { indent } from "../table.js";

export interface CanaryFacts {
  readonly environment: Environment;
  readonly contract: Contract;
  readonly backbone: BackbonePlan;
  readonly receivers: readonly string[];
}

export function renderCanary(facts: CanaryFacts, result: CanaryResult): string {
  const { eventId, publishedAt, hops, ok, interrupted } = result;
  const missing = missingHop(facts, result);
  return [
    `${publishedAt.toISOString()} canary ${eventId}: ${verdict(ok, interrupted)}`,
    ...hops.map(({ account, seenAfter }) =>
      indent(
        seenAfter === undefined
          ? `${colors.red("✗")} ${account}: not seen`
          : `${colors.green("✓")} ${account}: seen after ${(seenAfter / 1_000).toFixed(1)} s`,
      ),
    ),
    ...(missing === undefined ? [] : [indent(missing.hop)]),
  ].join("\n");
}

function verdict(ok: boolean, interrupted: boolean): string {
  if (ok) return colors.green("arrived everywhere");
  return interrupted ? colors.yellow("interrupted before all logs showed it") : colors.red("did not arrive");
}

/** What `canary --json` prints. */
export function canaryToJson(facts: CanaryFacts, result: CanaryResult): unknown {
  const { eventId, publishedAt, hops, ok, interrupted } = result;
  return {
    ok,
    environment: facts.environment.name,
    contract: facts.contract.key,
    eventId,
    publishedAt: publishedAt.toISOString(),
    interrupted,
    hops: hops.map(({ account, logGroup, seenAfter }) => ({
      account,
      logGroup,
      ...(seenAfter === undefined ? {} : { seenAfterMilliseconds: seenAfter }),
    })),
    missing: missingHop(facts, result),
  };
}

/** The first hop that did not happen, and where to look: whatever comes behind it is its consequence. */
function missingHop(
  { backbone }: CanaryFacts,
  { hops }: CanaryResult,
): { readonly account: string; readonly hop: string } | undefined {
  const hop = hops.find(({ seenAfter }) => seenAfter === undefined);
  if (hop === undefined) return undefined;
  const { account, logGroup } = hop;
  if (account === backbone.account) {
    return {
      account,
      hop: `missing hop: ${backbone.bus.name} accepted the canary but ${logGroup} does not show it; look at rule ${backbone.log.ruleName} and at \`backbone dead-letters ${account}\``,
    };
  }
  const rules = backbone.forwards
    .filter(({ member }) => member === account)
    .flatMap((forward) => forward.rules.map(({ name }) => name));
  return {
    account,
    hop: `missing hop: rule ${rules.join(" or ")} on ${backbone.bus.name} did not bring it to ${account}, or ${logGroup} does not log; look at \`backbone dead-letters ${backbone.account}\` and \`backbone dead-letters ${account}\``,
  };
}
