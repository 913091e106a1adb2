import { parsePattern } from "event-patterns";
import { outcomeOf, type ProofCheck, type ProofFailure, requireSameEvents, requireThat } from "../claim.js";
import type { LoadedArchive } from "../emission/parts.js";
import { validPattern } from "../expectations.js";
import { kinds } from "../kinds.js";
import { claim, type Need } from "../needs.js";
import type { Stage } from "../stage.js";
import { underNoKey, wantedOf } from "../wanted.js";

/** Buses that shall have an archive have one, for as long as the registry says. */
export function archiveNeeds(stage: Stage): Need[] {
  return [...daysKept(stage)].map(([account, retentionDays]) => {
    const { bus, busArn } = wantedOf(stage, account);
    const has = { eventSourceArn: busArn, retentionDays, ...underNoKey(stage, "kmsKeyIdentifier") };
    return {
      account,
      what: `the archive of ${account}`,
      claims: [claim(kinds.archive, { name: bus }, { protect: true, has })],
    };
  });
}

/** By account. */
function daysKept({ registry, environment: { archive } }: Stage): ReadonlyMap<string, number> {
  return archive === undefined
    ? new Map()
    : new Map([[registry.backbone, archive.retentionDays], ...archive.local]);
}

/** Archives keep every event of their bus once. */
export function archiveChecks(stage: Stage): ProofCheck[] {
  return [...daysKept(stage).keys()].map((account) => ({
    id: `archive:${account}`,
    title: `the archive of ${account} keeps every event of its bus for a replay, and no replay again`,
    run: () => outcomeOf(stage.account(account).switchedOn.archives, (found) => keepsOnce(account, found)),
  }));
}

/** Events of a replay, and no others, carry its name. */
const everythingButReplays = validPattern({ "replay-name": [{ exists: false }] });

function keepsOnce(account: string, { arn, eventPattern }: LoadedArchive): ProofFailure[] {
  const parsed = parsePattern(eventPattern);
  const about = {
    account,
    step: "archive",
    attempt: `archive ${arn}`,
    at: [arn],
    mend: 'let the archive keep everything but replays: {"replay-name":[{"exists":false}]}',
  };
  return parsed.ok
    ? requireSameEvents(about, [everythingButReplays], [parsed.pattern])
    : requireThat(false, { ...about, attempt: `archive ${arn} has no valid pattern` });
}
