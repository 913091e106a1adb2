import { effectiveQuota, type QuotaUsage } from "./quota.js";
import { type Scope, scopeOf } from "./scope.js";

/** What events ask of AWS while every contract is at its peak, at most. */
export interface Throughput {
  /** By AWS account: its PutEvents requests, then its invocations, a second. */
  readonly quotas: readonly QuotaUsage[];
  /** How many contracts there are here, and how many of them say no peak and count as none. */
  readonly contracts: number;
  readonly withoutPeak: number;
}

/** A second, in one AWS account. */
interface Load {
  readonly requests: number;
  readonly invocations: number;
}

/**
 * Works out what AWS counts per AWS account and Region: every environment that shares it counts together, as if all peaks
 * came at once, every request held one event and every filter let all events pass.
 * @returns undefined where no contract says what its peak is
 */
export function throughputOf({ registry, whole, environment }: Scope): Throughput | undefined {
  const contracts = [...registry.contracts.values()];
  const withoutPeak = contracts.filter(({ peakPerSecond }) => peakPerSecond === undefined).length;
  if (withoutPeak === contracts.length) return undefined;
  const loads = [...whole.environments.values()]
    .filter(({ region }) => region === environment.region)
    .flatMap((other) => loadsIn(scopeOf(whole, other)));
  const quotas = [...new Set(environment.accountIds.values())].flatMap((id): QuotaUsage[] => {
    const own = loads.filter(({ accountId }) => accountId === id);
    const where = `AWS account ${id}`;
    return (["putEventsPerSecond", "invocationsPerSecond"] as const).map((quota) => ({
      quota,
      where,
      used: sum(
        own.map(({ requests, invocations }) => (quota === "putEventsPerSecond" ? requests : invocations)),
      ),
      limit: effectiveQuota(environment, quota),
    }));
  });
  return { quotas, contracts: contracts.length, withoutPeak };
}

/** What each contract asks of each AWS account that it meets. */
function loadsIn({ registry, environment, flows, place }: Scope): (Load & { readonly accountId: string })[] {
  const { archive } = environment;
  const at = (account: string, requests: number, invocations: number) => ({
    accountId: place(account).accountId,
    requests,
    invocations,
  });
  return [...registry.contracts.values()].flatMap(({ key, origin, publishers, peakPerSecond = 0 }) => {
    // However many routes bring an account a contract, one rule of a bus carries it there.
    const carrying = flows.filter(({ events }) => events.some(({ contracts }) => contracts.includes(key)));
    const receivers = [...new Set(carrying.map(({ to }) => to))];
    const received = receivers.map((receiver) =>
      at(receiver, 0, peakPerSecond * rulesForAll(archive?.local.has(receiver) === true)),
    );
    // Which of several accounts is busy is not said: each may be.
    if (origin !== undefined) {
      return [...carrying.map(({ from }) => at(from.account, 0, peakPerSecond)), ...received];
    }
    // AWS does not say whose quota a request into another account's bus uses up: it counts in both. Who of several
    // publishers is busy is not said either.
    const foreign = [...new Set(publishers.map(({ account }) => account))].filter(
      (account) => place(account).accountId !== place(registry.backbone).accountId,
    );
    return [
      ...foreign.map((account) => at(account, peakPerSecond, 0)),
      at(
        registry.backbone,
        peakPerSecond,
        peakPerSecond * (rulesForAll(archive !== undefined) + receivers.length),
      ),
      ...received,
    ];
  });
}

/** Rules of a bus that take every event, each with one target: the log's, and the one that AWS makes for an archive. */
function rulesForAll(hasArchive: boolean): number {
  return hasArchive ? 2 : 1;
}

/** Without the dust of adding fractions. */
function sum(values: readonly number[]): number {
  return Number(values.reduce((total, value) => total + value, 0).toFixed(2));
}
