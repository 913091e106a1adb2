import { parsePattern } from "event-patterns";
import { partitionOf } from "../aws/arn.js";
import * as entries from "./entries.js";
import { tooComplex } from "./filters/index.js";
import type { AuditTrailDefinition } from "./operating-definitions.js";
import { type PathSegments, suggest } from "./problem.js";
import { type ProblemList, readEntry } from "./read.js";
import { type AlarmSettings, type ArchiveSettings, byText, type Environment } from "./registry.js";

/** What an environment says about operating its accounts, as it was written. */
export interface SwitchEntries {
  readonly region?: string | undefined;
  readonly archive?: Section;
  readonly alarms?: Section;
  readonly busLogging?: Section;
  readonly encryption?: Environment["encryption"] | undefined;
  readonly auditTrail?: Section;
}

type Section = Readonly<Record<string, unknown>> | undefined;

/** The accounts that settings may name; undefined where the accounts themselves could not be read. */
export interface KnownAccounts {
  readonly names: readonly string[] | undefined;
  readonly backbone: string | undefined;
}

type Switches = Pick<Environment, "archive" | "alarms" | "busLogging" | "encryption" | "auditTrail">;

/**
 * Reads the switches of one environment; what has a mistake is reported and left out.
 * @param isBad whether a section has been reported already, so that its absence is no second mistake
 */
export function readSwitches(
  problems: ProblemList,
  written: SwitchEntries,
  path: PathSegments,
  accounts: KnownAccounts,
  isBad: (field: string) => boolean,
): Switches {
  const { region, archive, alarms, busLogging, encryption = false, auditTrail } = written;
  const archiveSettings = archive && readArchive(problems, archive, [...path, "archive"], accounts);
  const alarmSettings = alarms && readAlarms(problems, alarms, [...path, "alarms"]);
  const logging = readEntry(problems, entries.busLogging, busLogging ?? { level: "ERROR" }, [
    ...path,
    "busLogging",
  ]).full;
  const trail = auditTrail && readEntry(problems, auditTrailEntry, auditTrail, [...path, "auditTrail"]).full;
  if (trail !== undefined) {
    const at = [...path, "auditTrail", "deployRoleArn"];
    if (region !== undefined) checkPartition(problems, trail.deployRoleArn, region, at);
    checkWildcards(problems, trail.deployRoleArn, at);
  }
  if (auditTrail !== undefined && alarms === undefined && !isBad("alarms")) {
    problems.add(
      [...path, "auditTrail"],
      "has no topic to tell of a change of the routing; add alarms: {} to this environment",
    );
  }
  return {
    ...(archiveSettings === undefined ? {} : { archive: archiveSettings }),
    ...(alarmSettings === undefined ? {} : { alarms: alarmSettings }),
    busLogging: logging ?? { level: "ERROR", includeDetail: false },
    encryption,
    ...(trail === undefined ? {} : { auditTrail: trail }),
  };
}

export const auditTrailEntry = entries.entry({
  retentionDays: entries.logDays,
  deployRoleArn: entries
    .text('give the ARN of the role that deploys, such as "arn:aws:iam::111111111111:role/deploy"')
    // A wildcard must not follow a wildcard in an event pattern.
    .regex(/^arn:[\w*-]+:iam::[\d*]+:role\/(?!.*\*\*)[\w+=,.@*/-]+$/, {
      error: ({ input }) =>
        `${JSON.stringify(input)} is no role's ARN; write one such as "arn:aws:iam::111111111111:role/deploy"`,
    }),
} satisfies entries.Readers<AuditTrailDefinition>);

/** The ARN stands in the pattern of the rule that watches the routing, where its stars are wildcards. */
function checkWildcards(problems: ProblemList, roleArn: string, path: PathSegments): void {
  const parsed = parsePattern({ detail: { arn: [{ "anything-but": { wildcard: roleArn } }] } });
  const complexity = parsed.ok ? tooComplex(parsed.pattern) : undefined;
  if (complexity !== undefined)
    problems.add(path, `${JSON.stringify(roleArn)} has too many stars: ${complexity}; write fewer`);
}

/** A role of another partition never deploys here, so its own changes would all be told as somebody else's. */
function checkPartition(problems: ProblemList, roleArn: string, region: string, path: PathSegments): void {
  const [, written = ""] = roleArn.split(":");
  const partition = partitionOf(region);
  if (new RegExp(`^${written.replaceAll("*", ".*")}$`).test(partition)) return;
  problems.warn(
    path,
    `${JSON.stringify(roleArn)} is of partition ${written}, but ${region} is in ${partition}; write ${JSON.stringify(roleArn.replace(`arn:${written}:`, `arn:${partition}:`))}`,
  );
}

function readArchive(
  problems: ProblemList,
  value: NonNullable<Section>,
  path: PathSegments,
  { names, backbone }: KnownAccounts,
): ArchiveSettings | undefined {
  const { full, partial } = readEntry(problems, entries.archive, value, path);
  const local = new Map<string, number>();
  for (const [account, days] of Object.entries(partial.local ?? {})) {
    const at = [...path, "local", account];
    if (account === backbone) {
      problems.add(at, `"${account}" has the global bus, whose archive is archive.retentionDays; remove it`);
    } else if (names !== undefined && !names.includes(account)) {
      const members = problems.proposable(["accounts"], names).filter((name) => name !== backbone);
      const mend = suggest(account, members, "add it to config/accounts.ts");
      problems.add(at, `no account is named "${account}"; ${mend}`);
    } else {
      const result = entries.archiveDays.safeParse(days);
      if (result.success) local.set(account, result.data);
      else for (const { message } of result.error.issues) problems.add(at, message);
    }
  }
  return full && { retentionDays: full.retentionDays, local: sorted(local) };
}

function readAlarms(
  problems: ProblemList,
  value: NonNullable<Section>,
  path: PathSegments,
): AlarmSettings | undefined {
  const { full } = readEntry(problems, entries.alarms, value, path);
  const emails = full?.emails ?? [];
  emails.forEach((email, index) => {
    if (emails.indexOf(email) < index) {
      problems.add([...path, "emails", index], `"${email}" stands here twice; remove one`);
    }
  });
  return (
    full && {
      emails: [...emails].sort(byText),
      ...(full.runbook === undefined ? {} : { runbook: full.runbook }),
    }
  );
}

function sorted(days: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...days].sort(([left], [right]) => byText(left, right)));
}
