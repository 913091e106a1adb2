import { defaultQuota, type Quota, type QuotaName, quotas, warningShare } from "../aws/limits.js";
import type { Environment } from "../registry/index.js";

/** The value in force: what the environment says AWS has granted, else AWS's default for its Region. */
export function effectiveQuota(environment: Environment, name: QuotaName): number {
  return environment.quotas.get(name) ?? defaultQuota(name, environment.region);
}

/** How much of a quota one bus, rule, role or account uses. */
export interface QuotaUsage {
  readonly quota: QuotaName;
  /** The thing counted, for people: "bus backbone-global", "AWS account 111111111111". */
  readonly where: string;
  readonly used: number;
  readonly limit: number;
  /** What the rule carries, where the thing counted is one: `orders/Order.Created`, `orders/Order.*`, `orders/*` or `*`. */
  readonly routes?: readonly string[];
}

/** What the quota is called, for people. */
export function titleOf(quota: QuotaName): string {
  return quotas[quota].title;
}

export function isExceeded({ used, limit }: QuotaUsage): boolean {
  return used > limit;
}

export function isNear({ quota, used, limit }: QuotaUsage): boolean {
  const { divides }: Quota = quotas[quota];
  return divides !== true && used <= limit && used >= warningShare * limit;
}

/** One sentence: the quota, the number, the way out. */
export function describeUsage(usage: QuotaUsage, environment: string): string {
  const { title, unit, adjustable, ceiling, beyond, source }: Quota = quotas[usage.quota];
  const share = Math.round((usage.used / usage.limit) * 100);
  const raise = `ask AWS for more and write it in environments.${environment}.quotas.${usage.quota}`;
  const wayOut =
    !adjustable || (ceiling !== undefined && usage.limit >= ceiling)
      ? "AWS does not raise it further, so take routes or filters away, or divide the environment"
      : raise;
  const carried = usage.routes === undefined ? "" : `, for the route of ${usage.routes.join(" and ")} alone`;
  const uses = beyond === undefined ? "uses" : "would use, with every contract at its peak,";
  const then = beyond !== undefined && isExceeded(usage) ? `${beyond}; ` : "";
  return `${usage.where} ${uses} ${usage.used} of ${usage.limit} ${unit} (${title}, ${share} %)${carried}; ${then}${wayOut} (${source})`;
}

/** The plan would not fit into its accounts; each line names a quota, the number and the way out. */
export class TopologyError extends Error {
  readonly problems: readonly string[];

  constructor(environment: string, problems: readonly string[]) {
    const count = problems.length === 1 ? "1 AWS quota" : `${problems.length} AWS quotas`;
    super(
      [`Environment "${environment}" exceeds ${count}:`, ...problems.map((problem) => `  ${problem}`)].join(
        "\n",
      ),
    );
    this.name = "TopologyError";
    this.problems = problems;
  }
}
