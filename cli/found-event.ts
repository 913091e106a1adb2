import type { FoundEvent } from "../operations/find.js";
import { traceEvent } from "../rehearsal/trace.js";
import type { Stage } from "../rehearsal/stage.js";

/** A local bus the rehearsal brings the event to, and whose log does not show it. */
export interface MissingHop {
  readonly account: string;
  /** Rule that should have carried it. */
  readonly via: string;
  readonly from: string;
  readonly to: string;
  /** Account whose dead-letter queue has what the rule could not deliver. */
  readonly sender: string;
}

/** An event that was found, beside what the rehearsal says should have happened to it. */
export interface JudgedEvent extends FoundEvent {
  /** Key of its contract, if the registry declares one. */
  readonly contract: string | undefined;
  readonly missing: readonly MissingHop[];
  /** Accounts whose log shows it although no route brings it there. */
  readonly unexpected: readonly string[];
  /** Why nothing was compared. */
  readonly note: string | undefined;
}

/** Follows a found event through the rehearsal and compares. */
export function judgeFound(stage: Stage, found: FoundEvent): JudgedEvent {
  const { registry } = stage;
  const { source, detailType, detail, resources } = found.event;
  const seen = new Set(found.sightings.map(({ account }) => account));
  const contract = [...registry.contracts.values()].find(
    (candidate) => candidate.source === source && candidate.detailType === detailType,
  );
  const common = { ...found, contract: contract?.key, missing: [], unexpected: [] };
  if (contract === undefined) return { ...common, note: "no contract of the registry" };
  if (!seen.has(registry.backbone)) {
    return {
      ...common,
      note: "not in the log of the global bus: a redrive put it on the local bus directly, or that log lacks it",
    };
  }
  const entry = {
    Source: source,
    DetailType: detailType,
    Detail: JSON.stringify(detail),
    Resources: [...resources],
  };
  const { deliveries } = traceEvent(stage, entry, contract.account);
  const globalBus = stage.busOf(registry.backbone).split("/").at(-1) ?? "";
  const expected = new Set(deliveries.map(({ account }) => account));
  return {
    ...common,
    missing: deliveries
      .filter(({ account }) => !seen.has(account))
      .map(({ account, bus, via }) => ({
        account,
        via,
        from: globalBus,
        to: bus,
        sender: registry.backbone,
      })),
    unexpected: [...seen].filter((account) => account !== registry.backbone && !expected.has(account)),
    note: undefined,
  };
}
