import colors from "picocolors";
import {
  isExceeded,
  isNear,
  type QuotaUsage,
  type Room,
  type Throughput,
  titleOf,
  type Topology,
} from "../infra/topology/index.js";
import { count, renderTable } from "./table.js";

/** The fullest place of each quota, and how much more fits. */
export function renderQuotas(topology: Topology): string {
  const fullest = new Map<QuotaUsage["quota"], QuotaUsage>();
  const { throughput } = topology;
  for (const usage of [...topology.quotaUsage, ...(throughput?.quotas ?? [])]) {
    const known = fullest.get(usage.quota);
    if (known === undefined || usage.used / usage.limit > known.used / known.limit)
      fullest.set(usage.quota, usage);
  }
  const table = renderTable(
    [
      { title: "Quota" },
      { title: "Used", align: "right" },
      { title: "Limit", align: "right" },
      { title: "Share", align: "right" },
      { title: "Fullest" },
    ],
    [...fullest.values()].map((usage) => [
      titleOf(usage.quota),
      usage.used.toLocaleString("en"),
      usage.limit.toLocaleString("en"),
      share(usage),
      usage.where,
    ]),
  );
  const peaks = throughput === undefined ? [] : [renderThroughput(throughput)];
  return [table, "", ...peaks, ...renderDivided(topology), renderRoom(topology)].join("\n");
}

/** Who needs several of the global bus's rules: those who receive most, where forwards bind the publishers' accounts. */
function renderDivided({ stacks }: Topology): string[] {
  const divided = [...stacks.values()]
    .flatMap((stack) => (stack.kind === "backbone" ? stack.forwards : []))
    .filter(({ busName }) => busName === undefined)
    .map(({ member, rules }) => ({ member, rules: rules.length }))
    .filter(({ rules }) => rules > 1)
    .sort((left, right) => right.rules - left.rules);
  const [first, ...others] = divided;
  if (first === undefined) return [];
  const and =
    others.length === 0
      ? ""
      : `; ${others.length === 1 ? "1 more receiver takes" : `${others.length.toLocaleString("en")} more receivers take`} several`;
  return [`${first.member} takes ${first.rules.toLocaleString("en")} of the global bus's rules${and}.`];
}

function renderThroughput({ contracts, withoutPeak }: Throughput): string {
  const without =
    withoutPeak === 0
      ? ""
      : `; ${withoutPeak} of ${count(contracts, "contract")} say no peak and count as none`;
  return `Per second is at most: all peaks at once, one event a request, every filter let through${without}.`;
}

function share(usage: QuotaUsage): string {
  const text = `${Math.round((usage.used / usage.limit) * 100)} %`;
  if (isExceeded(usage)) return colors.red(text);
  return isNear(usage) ? colors.yellow(text) : text;
}

/** How much more fits. */
export function renderRoom({ roomForServices, roomForMembers }: Topology): string {
  const parts = [
    describe(roomForServices, "more service(s) like the present ones"),
    describe(roomForMembers, "more receiving member(s)"),
  ];
  return `Room for ${parts.filter((part) => part !== undefined).join(" and ")}.`;
}

function describe(room: Room | undefined, what: string): string | undefined {
  return room === undefined
    ? undefined
    : `${room.count.toLocaleString("en")} ${what} (${titleOf(room.quota).toLowerCase()})`;
}
