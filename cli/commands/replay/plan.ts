import { ruleArn } from "../../../infra/aws/arn.js";
import {
  byText,
  type Contract,
  type Environment,
  hubContracts,
  type Registry,
  suggest,
} from "../../../infra/registry/index.js";
import type { BackbonePlan, StackPlan, Topology } from "../../../infra/topology/index.js";
import type { ArchiveFacts } from "../../../operations/replay.js";
import { type ReplayedRule, selectRules } from "../../../operations/replay.js";
import { type RuleList, rulesTakingSuch, type TakingRule } from "../../../operations/rules.js";
import { CallError } from "../../errors.js";

/** What a replay would do; nothing has been asked of AWS for it. */
export interface ReplayPlan {
  readonly environment: string;
  /** Account of the archive and its bus. */
  readonly owner: StackPlan;
  /** Name of the archive. */
  readonly archive: string;
  /** By the events' own time. */
  readonly from: Date;
  readonly to: Date;
  /** Rules of the global bus, from the registry; those of a member are to be looked up by {@link toRules}. */
  readonly rules: readonly ReplayedRule[];
  /** Names of rules on the owner's bus that were asked for. */
  readonly toRules: readonly string[];
  readonly warnings: readonly string[];
}

/** Who sees the events again in one account. */
export interface SeenAgain {
  readonly account: string;
  /** Undefined if the rules could not be listed. */
  readonly rules: readonly TakingRule[] | undefined;
  readonly because?: string;
}

export interface ReplaySelection {
  readonly contract?: string | undefined;
  readonly account?: string | undefined;
  readonly toRule?: readonly string[] | undefined;
}

/**
 * The replay that is asked for: of the global archive to the rules that carry a contract or reach an account, or of
 * one account's archive to rules by their names.
 * @throws CallError if nothing would be delivered, or there is no such archive
 */
export function planReplay(
  registry: Registry,
  { environment, stacks }: Topology,
  { contract, account, toRule }: ReplaySelection,
  times: { readonly from: Date; readonly to: Date },
): ReplayPlan {
  if (toRule !== undefined && account === undefined) {
    throw new CallError("--to-rule names rules on the bus of one account; say which with --account");
  }
  if (toRule !== undefined && contract !== undefined) {
    throw new CallError("--to-rule names the rules itself; leave --contract out");
  }
  const owner = stacks.get(toRule === undefined ? registry.backbone : (account ?? ""));
  if (owner === undefined) throw new Error("no stack for an account of the registry");
  if (toRule !== undefined && owner.archive === undefined) {
    throw new CallError(
      `account "${owner.account}" has no archive in ${environment.name}: ${owner.kind === "member" ? `add ${owner.account} to archive.local` : "declare archive"} in the environment and deploy its stack; only what is published from then on can be replayed. Without --to-rule, the archive of the global bus is replayed`,
    );
  }
  const common = { environment: environment.name, owner, ...times, warnings: [] };
  const archive = owner.archive?.name ?? owner.bus.name;
  if (toRule !== undefined) return { ...common, archive, rules: [], toRules: [...new Set(toRule)] };
  const rules = selectRules(registry, backboneOf(stacks), {
    ...(contract === undefined ? {} : { contract }),
    ...(account === undefined ? {} : { account }),
  });
  if (rules.length === 0) {
    const asked = registry.contracts.get(contract ?? "");
    if (asked?.origin !== undefined) throw new CallError(notInGlobalArchive(registry, asked));
    throw new CallError(
      `no rule of the global bus carries ${contract ?? "anything"} to ${account ?? "anybody"}; look at the routes (backbone check)`,
    );
  }
  return { ...common, archive, rules, toRules: [], warnings: leftOut(registry, rules) };
}

function notInGlobalArchive({ routes }: Registry, { key }: Contract): string {
  const receivers = [
    ...new Set(routes.flatMap(({ contracts, to }) => (contracts.includes(key) ? [to] : []))),
  ].sort(byText);
  const from =
    receivers.length === 0 ? "no route brings them to anybody" : `its receivers are ${receivers.join(", ")}`;
  return `--contract: ${key} are events of AWS, which never pass the global bus: its archive has none; replay the archive of a receiver, if archive.local has one, to a rule on its bus: --account <receiver> --to-rule <rule> (${from})`;
}

/** What of all that the accounts receive the global archive does not have. */
function leftOut({ contracts, routes }: Registry, rules: readonly ReplayedRule[]): string[] {
  const accounts = new Set(rules.map(({ account }) => account));
  const keys = routes.flatMap((route) => (accounts.has(route.to) ? route.contracts : []));
  const ofAws = [...new Set(keys)].filter((key) => contracts.get(key)?.origin !== undefined);
  return ofAws.length === 0
    ? []
    : [`events of AWS never pass the global bus, so its archive has none of ${ofAws.join(", ")}`];
}

function backboneOf(stacks: Topology["stacks"]): BackbonePlan {
  for (const stack of stacks.values()) if (stack.kind === "backbone") return stack;
  throw new Error("no backbone in the topology");
}

/**
 * The rules of the owner's bus that were asked for by name, with the contracts they take.
 * @throws CallError if a rule is not there
 */
export function namedRules(
  registry: Registry,
  environment: Environment,
  { owner, toRules }: ReplayPlan,
  list: RuleList,
): ReplayedRule[] {
  const { accountId, region, account, bus } = owner;
  const taken = list.kind === "listed" ? takenContracts(registry, environment, owner, list) : undefined;
  return toRules.map((name): ReplayedRule => {
    if (list.kind === "listed" && !list.rules.some((rule) => rule.name === name)) {
      const known = list.rules.filter(({ isManaged }) => !isManaged).map((rule) => rule.name);
      throw new CallError(
        `--to-rule: no rule on ${bus.name} is named "${name}"; ${suggest(name, known, "make it first")}`,
      );
    }
    return {
      name,
      arn: ruleArn({ accountId, region }, bus.name, name),
      account,
      wanted: taken?.get(name) ?? [],
      besides: [],
    };
  });
}

function takenContracts(
  registry: Registry,
  environment: Environment,
  owner: StackPlan,
  { rules }: Extract<RuleList, { kind: "listed" }>,
): ReadonlyMap<string, readonly string[]> {
  const taken = new Map<string, string[]>();
  for (const contract of contractsOn(registry, owner)) {
    const takers = exampleTexts(environment, contract).flatMap((text) => rulesTakingSuch(rules, text));
    for (const name of new Set(takers.map((rule) => rule.name))) {
      taken.set(name, [...(taken.get(name) ?? []), contract.key]);
    }
  }
  return taken;
}

/** What reaches an account's bus: everything on the global one, on a local one what routes bring there. */
function contractsOn(registry: Registry, { kind, account }: StackPlan): Contract[] {
  if (kind === "backbone") return hubContracts(registry);
  const routed = new Set(registry.routes.flatMap(({ to, contracts: keys }) => (to === account ? keys : [])));
  return [...registry.contracts.values()].filter(({ key }) => routed.has(key));
}

/** Who sees the events of a replay on the global bus again: the rules on the bus of each account it delivers to. */
export function seenAgain(
  registry: Registry,
  environment: Environment,
  replayed: readonly ReplayedRule[],
  lists: ReadonlyMap<string, RuleList>,
): SeenAgain[] {
  return [...lists].map(([account, list]): SeenAgain => {
    if (list.kind === "unknown") return { account, rules: undefined, because: list.because };
    const keys = new Set(
      replayed.flatMap((rule) => (rule.account === account ? [...rule.wanted, ...rule.besides] : [])),
    );
    const rules = new Map<string, TakingRule>();
    for (const contract of registry.contracts.values()) {
      if (!keys.has(contract.key)) continue;
      const takers = exampleTexts(environment, contract).flatMap((text) => rulesTakingSuch(list.rules, text));
      for (const rule of takers) {
        if (rule.certain || !rules.has(rule.name)) rules.set(rule.name, rule);
      }
    }
    return { account, rules: [...rules.values()] };
  });
}

/** A contract's examples as a rule sees them in a replay, from each account that they may be of. */
function exampleTexts(environment: Environment, contract: Contract): string[] {
  const accounts = contract.origin?.accounts ?? [contract.account];
  return accounts.flatMap((account) =>
    contract.examples.map(({ detail }) =>
      JSON.stringify({
        version: "0",
        id: "00000000-0000-0000-0000-000000000000",
        "detail-type": contract.detailType,
        source: contract.source,
        account: environment.accountIds.get(account) ?? "",
        time: "2026-01-01T00:00:00Z",
        region: environment.region,
        resources: [],
        detail,
        "replay-name": "replay",
      }),
    ),
  );
}

/** Events take up to ten minutes to reach the archive (user guide, eb-archive). */
const archiveDelayMilliseconds = 600_000;
const day = 86_400_000;

/** What keeps a replay from delivering all that is asked for. */
export function warningsOf({ from, to, warnings }: ReplayPlan, archive: ArchiveFacts, now: Date): string[] {
  const { state, stateReason, retentionDays, createdAt, events } = archive;
  const oldest = retentionDays === 0 ? undefined : new Date(now.getTime() - retentionDays * day);
  return [
    ...warnings,
    ...(now.getTime() - to.getTime() < archiveDelayMilliseconds
      ? ["the last ten minutes may not be in the archive yet; choose an earlier --to, or replay them later"]
      : []),
    ...(state === "ENABLED"
      ? []
      : [`the archive is ${state}, not ENABLED${stateReason === undefined ? "" : `: ${stateReason}`}`]),
    ...(events === 0 ? ["AWS counts no event in the archive, so there may be nothing to replay"] : []),
    ...(createdAt !== undefined && from < createdAt
      ? [`the archive exists since ${createdAt.toISOString()} only; nothing before can be replayed`]
      : []),
    ...(oldest !== undefined && from < oldest
      ? [`the archive keeps ${retentionDays} days; nothing older can be replayed`]
      : []),
  ];
}
