import { type Contract, hubContracts } from "../registry/index.js";
import type { Scope } from "./scope.js";
import { type AlarmSettings, period, type Timing, type Trouble } from "./trouble.js";

/** A quarter of an hour, and not before: a burst is no flood. */
const threeWithinAnHour: Timing = { evaluationPeriods: 12, datapointsToAlarm: 3 };

/** In standard deviations. */
const bandWidth = 4;

/**
 * Too much success: an endless loop fails nowhere. No series knows a source, and those that count are of the whole AWS
 * account, so the first of the accounts that share one watches it for all.
 */
export function volumeTroubles(scope: Scope, account: string): Trouble[] {
  const { registry, place } = scope;
  const sharing = [registry.backbone, ...registry.members].filter(
    (other) => place(other).accountId === place(account).accountId,
  );
  if (sharing[0] !== account) return [];
  const delivers = account === registry.backbone;
  // What is declared of one account says nothing of the others in its AWS account.
  const peak = sharing.length > 1 ? undefined : peakPerSecond(scope, account);
  const muchMore = peak === undefined ? "far more than usual" : "more than the declared peaks";
  return [
    {
      subject: "account",
      trouble: "volume",
      about: "all of EventBridge in the AWS account",
      says: `it ${delivers ? "delivers" : "publishes"} ${muchMore}, for a quarter of an hour by now. Events may go round in a circle; each costs money. The dashboard says which contracts they are of.`,
      command: "diagram",
      tells: true,
      ...threeWithinAnHour,
      ...above(peak, delivers ? "InvocationsCreated" : "PutEventsEntriesCount"),
    },
  ];
}

function above(peak: number | undefined, metricName: string): Pick<AlarmSettings, "queries" | "above"> {
  const volume = {
    id: "volume",
    returnData: true,
    metric: { namespace: "AWS/Events", metricName, dimensions: {}, stat: "Sum", period },
  } as const;
  if (peak === undefined) {
    const usual = {
      id: "usual",
      returnData: true,
      expression: `ANOMALY_DETECTION_BAND(volume, ${bandWidth})`,
    };
    return {
      queries: [volume, usual],
      above: { comparisonOperator: "GreaterThanUpperThreshold", thresholdMetricId: "usual" },
    };
  }
  return {
    queries: [volume],
    above: { comparisonOperator: "GreaterThanThreshold", threshold: Math.ceil(peak * period) },
  };
}

/**
 * Events that a member publishes at most, or invocations that the global bus makes of all: one by its log, one by its
 * archive, one by each forward.
 * @returns undefined unless every contract has a peak
 */
function peakPerSecond({ registry, environment, flows }: Scope, account: string): number | undefined {
  const contracts = hubContracts(registry);
  const isBackbone = account === registry.backbone;
  const counted = isBackbone
    ? contracts
    : contracts.filter(({ publishers }) => publishers.some((publisher) => publisher.account === account));
  const invocations = ({ key }: Contract) =>
    1 +
    (environment.archive === undefined ? 0 : 1) +
    flows.filter(({ events }) => events.some(({ contracts: carried }) => carried.includes(key))).length;
  const peaks = counted.flatMap((contract) =>
    contract.peakPerSecond === undefined
      ? []
      : [contract.peakPerSecond * (isBackbone ? invocations(contract) : 1)],
  );
  if (peaks.length === 0 || peaks.length < counted.length) return undefined;
  return peaks.reduce((sum, peak) => sum + peak, 0);
}
