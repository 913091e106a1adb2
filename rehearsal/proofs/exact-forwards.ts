import type { Contract, JsonObject } from "../../infra/registry/index.js";
import { detailFor, type Expectations } from "../expectations.js";
import { outcomeOf, type ProofCheck, type ProofFailure } from "../proof.js";
import { publish } from "../publish.js";
import { rebuild } from "../rebuild.js";
import { administratorOf, type Stage } from "../stage.js";
import type { World } from "../simulator/index.js";

/** A source with a detail-type, declared together or not. */
interface Probe {
  readonly source: string;
  readonly detailType: string;
  readonly detail: JsonObject;
}

/**
 * The forward rules alone carry what the routes name and no more: judged without the global bus policy, so
 * that a pattern that crosses sources with detail-types is seen although the policy would hide it.
 */
export function exactForwardChecks(stage: Stage, expected: Expectations): ProofCheck[] {
  let opened: World | undefined;
  const openWorld = (): World => (opened ??= withOpenGlobalBus(stage));
  const byMember = probesByMember(stage);
  return stage.registry.members.map((member) => ({
    id: `exact-forward:${member}`,
    title: `the forward to ${member} carries exactly what the routes name`,
    run: () =>
      outcomeOf(byMember.get(member) ?? [], (probe) =>
        carriedWrongly(stage, expected, openWorld(), member, probe),
      ),
  }));
}

/** For each member, sources and detail-types it receives, crossed with each other and with undeclared ones. */
function probesByMember({ registry }: Stage): ReadonlyMap<string, readonly Probe[]> {
  const received = new Map<string, Contract[]>();
  // What passes a filter of the member tells a pattern that has lost the filter's detail-type.
  const details = new Map<string, JsonObject[]>();
  for (const route of registry.routes) {
    for (const key of route.contracts) {
      const contract = registry.contracts.get(key);
      if (contract === undefined) continue;
      add(received, route.to, contract);
      const passing = detailFor(contract, route, "passing");
      if (passing !== undefined) add(details, route.to, passing);
    }
  }
  const declared = new Set([...registry.contracts.values()].map(textOf));
  return new Map(
    [...received].map(([member, contracts]) => {
      const sources = [...new Set(contracts.map(({ source }) => source)), "com.undeclared"].slice(-maxValues);
      const types = [...new Set(contracts.map(({ detailType }) => detailType)), "Undeclared.Event"].slice(
        -maxValues,
      );
      const pairs = sources
        .flatMap((source) => types.map((detailType) => ({ source, detailType })))
        .filter((pair) => !declared.has(textOf(pair)));
      const tried = [{}, ...(details.get(member) ?? [])].slice(-maxDetails);
      return [member, pairs.flatMap((pair) => tried.map((detail) => ({ ...pair, detail })))] as const;
    }),
  );
}

function add<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** A member that receives hundreds of contracts is tried with the last so many of each; pairs grow squared. */
const maxValues = 20;
const maxDetails = 5;

function textOf({ source, detailType }: Pick<Probe, "source" | "detailType">): string {
  return `${source} ${detailType}`;
}

function carriedWrongly(
  stage: Stage,
  expected: Expectations,
  world: World,
  member: string,
  { source, detailType, detail }: Probe,
): ProofFailure[] {
  const delivery = publish(stage, {
    contract: { service: "probe", account: stage.registry.backbone, source, detailType },
    detail,
    caller: administratorOf(stage, stage.registry.backbone),
    world,
  });
  const arrival = delivery.arrivals.find(({ kind, arn }) => kind === "bus" && arn === stage.busOf(member));
  const carried = arrival !== undefined;
  const wanted = expected.byWildcard(member, source);
  if (carried === wanted) return [];
  const rules = [...stage.world.rules.values()].filter(({ targets }) =>
    targets.some(({ arn }) => arn === stage.busOf(member)),
  );
  const named = (arrival?.via?.rule ?? rules.map(({ arn }) => arn).join(", ")) || "none";
  return [
    {
      account: member,
      step: "forward",
      problem: `${source} "${detailType}" is ${carried ? "carried to" : "kept from"} ${member} by its rules' patterns, but the routes say otherwise`,
      mend: `the pattern of ${named} must name detail-types beside their own source only`,
      evidence: [],
    },
  ];
}

function withOpenGlobalBus(stage: Stage): World {
  const { data } = stage.loaded;
  const globalBus = stage.busOf(stage.registry.backbone);
  return rebuild({
    ...data,
    buses: data.buses.map((bus) => (bus.arn === globalBus ? { arn: bus.arn } : bus)),
  });
}
