import type { JsonObject } from "../../infra/registry/index.js";
import { requireThat } from "../permission.js";
import { outcomeOf, type ProofCheck, type ProofFailure } from "../proof.js";
import { matchEvent, parsePattern } from "../simulator/index.js";
import type { Stage } from "../stage.js";

/** Buses that shall have an archive keep every event in it once, for as long as the registry says. */
export function archiveChecks(stage: Stage): ProofCheck[] {
  const { registry, environment } = stage;
  const { archive } = environment;
  if (archive === undefined) return [];
  const kept = new Map([[registry.backbone, archive.retentionDays], ...archive.local]);
  return [...kept].map(([account, days]) => ({
    id: `archive:${account}`,
    title: `the archive of ${account} keeps every event of its bus for a replay, and no replay again`,
    run: () => {
      const { operability, bus } = stage.account(account);
      const own = operability.archives.filter((candidate) => candidate.bus === bus);
      const [found] = own;
      if (found === undefined || own.length > 1) {
        return {
          cases: 1,
          failures: failure(account, `bus ${String(bus)} has ${own.length} archives, not one`),
        };
      }
      const failures = requireThat(found.retentionDays === days, {
        account,
        step: "archive",
        attempt: `archive ${found.arn} keeps events ${found.retentionDays} days, not ${days}`,
        mend: "emit the retention that the registry says",
      });
      const events = outcomeOf([...registry.contracts.values()], (contract) =>
        keepsOnce(account, found.arn, found.eventPattern, {
          source: contract.source,
          "detail-type": contract.detailType,
          detail: contract.example,
        }),
      );
      return { cases: events.cases + 1, failures: [...failures, ...events.failures] };
    },
  }));
}

function keepsOnce(
  account: string,
  archive: string,
  eventPattern: string,
  event: JsonObject,
): ProofFailure[] {
  const parsed = parsePattern(eventPattern);
  if (!parsed.ok) return failure(account, `archive ${archive} has no valid pattern`);
  const again = { ...event, "replay-name": "again" };
  if (!matchEvent(parsed.pattern, event)) return failure(account, `archive ${archive} leaves an event out`);
  if (matchEvent(parsed.pattern, again)) return failure(account, `archive ${archive} keeps a replay again`);
  return [];
}

function failure(account: string, attempt: string): ProofFailure[] {
  return requireThat(false, {
    account,
    step: "archive",
    attempt,
    mend: `emit one archive for the bus of ${account}, for everything but replays`,
  });
}
