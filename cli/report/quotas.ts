import colors from "picocolors";
import { type Quota, type QuotaName, quotas, warningShare } from "../../infra/aws/limits.js";
import type { QuotaUsage, Room, Topology } from "../../infra/topology/index.js";
import { renderTable } from "../table.js";

/** The fullest place of each quota, and how much more fits. */
export function renderQuotas(topology: Topology): string {
  const fullest = new Map<QuotaName, QuotaUsage>();
  for (const usage of topology.quotaUsage) {
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
    [...fullest.values()].map(({ quota, used, limit, where }) => [
      quotas[quota].title,
      used.toLocaleString("en"),
      limit.toLocaleString("en"),
      share(used / limit, quotas[quota]),
      where,
    ]),
  );
  return [table, "", renderRoom(topology)].join("\n");
}

function share(value: number, { divides }: Quota): string {
  const text = `${Math.round(value * 100)} %`;
  if (value > 1) return colors.red(text);
  return value >= warningShare && divides !== true ? colors.yellow(text) : text;
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
    : `${room.count.toLocaleString("en")} ${what} (${quotas[room.quota].title.toLowerCase()})`;
}
