import colors from "picocolors";
import type { Environment } from "../../infra/registry/index.js";
import type { JudgedEvent } from "../found-event.js";
import { count, indent } from "../table.js";

export interface FoundReport {
  readonly environment: Environment;
  readonly since: Date;
  readonly accounts: readonly string[];
  readonly judged: readonly JudgedEvent[];
  /** Events found and not shown. */
  readonly more: number;
}

export function renderFound({ environment, since, accounts, judged, more }: FoundReport): string {
  const where = `the event logs of ${accounts.join(", ")} (${environment.name}) since ${since.toISOString()}`;
  if (judged.length === 0) {
    return [
      `Not seen in ${where}.`,
      "It was published earlier (--since), is not in the logs yet (wait a minute), or never reached the global bus:",
      "look at what PutEvents answered (FailedEntryCount), and whether it named the bus by the ARN in SSM.",
    ].join("\n");
  }
  return [
    ...judged.map(renderEvent),
    ...(more === 0 ? [] : [`… and ${count(more, "more event")} (raise --limit)`]),
    `Looked through ${where}.`,
  ].join("\n");
}

function renderEvent({ event, contract, sightings, missing, unexpected, note }: JudgedEvent): string {
  const title = `${event.source} "${event.detailType}"`;
  return [
    `${colors.bold(title)} ${event.id} of ${event.time}${contract === undefined ? "" : ` (${contract})`}`,
    ...sightings.map(({ account, at }) =>
      indent(`${colors.green("✓")} ${account}: seen at ${at.toISOString()}`),
    ),
    ...missing.map(({ account, via, from, to, sender }) =>
      [
        indent(
          `${colors.red("✗")} ${account}: not seen; rule ${via} on ${from} should have carried it to ${to}`,
        ),
        indent(indent(`next: backbone dead-letters ${sender}`)),
      ].join("\n"),
    ),
    ...unexpected.map((account) =>
      indent(`${colors.yellow("!")} ${account}: seen, although no route brings it there today`),
    ),
    ...(note === undefined ? [] : [indent(colors.yellow(note))]),
  ].join("\n");
}

/** What `find --json` prints. */
export function foundToJson({ environment, since, accounts, judged, more }: FoundReport): unknown {
  return {
    environment: environment.name,
    since: since.toISOString(),
    searched: accounts,
    more,
    found: judged.map(({ event, contract, sightings, missing, unexpected, note }) => ({
      id: event.id,
      source: event.source,
      detailType: event.detailType,
      time: event.time,
      contract,
      seen: sightings.map(({ account, at }) => ({ account, at: at.toISOString() })),
      missing,
      unexpected,
      note,
    })),
  };
}
