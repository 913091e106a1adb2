import { parsePattern } from "event-patterns";
import { type ProofCheck, type ProofFailure, requireSameEvents, requireThat } from "../claim.js";
import type { LoadedArchive } from "../emission/parts.js";
import { validPattern } from "../expectations.js";
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
      const { switchedOn, bus } = stage.account(account);
      const own = switchedOn.archives.filter((candidate) => candidate.bus === bus);
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
        expected: `${days} days`,
        found: `${found.retentionDays} days`,
        at: [found.arn],
        mend: "emit the retention that the registry says",
      });
      return { cases: 2, failures: [...failures, ...keepsOnce(account, found)] };
    },
  }));
}

/** Events of a replay, and no others, carry its name. */
const everythingButReplays = validPattern({ "replay-name": [{ exists: false }] });

function keepsOnce(account: string, { arn, eventPattern }: LoadedArchive): ProofFailure[] {
  const parsed = parsePattern(eventPattern);
  if (!parsed.ok) return failure(account, `archive ${arn} has no valid pattern`);
  const about = {
    account,
    step: "archive",
    attempt: `archive ${arn}`,
    at: [arn],
    mend: 'let the archive keep everything but replays: {"replay-name":[{"exists":false}]}',
  };
  return requireSameEvents(about, [everythingButReplays], [parsed.pattern]);
}

function failure(account: string, attempt: string): ProofFailure[] {
  return requireThat(false, {
    account,
    step: "archive",
    attempt,
    mend: `emit one archive for the bus of ${account}, for everything but replays`,
  });
}
