import { ask } from "eventbridge-simulator";
import { type Attempt, outcomeOf, type ProofCheck, type ProofFailure, requirePermission } from "../claim.js";
import { arnOf } from "../emission/arns.js";
import type { LoadedAccount } from "../emission/assemble.js";
import { kinds } from "../kinds.js";
import { type Claim, claim, type Need } from "../needs.js";
import { type Stage } from "../stage.js";
import { underNoKey, wantedOf } from "../wanted.js";

/** A log group for what a bus logs of its own work, and for each log type a chain to it that AWS ties by names. */
export function busLogNeeds(stage: Stage): Need[] {
  const { registry, environment } = stage;
  const { level } = environment.busLogging;
  if (level === "OFF") return [];
  return [registry.backbone, ...registry.members].map((account) => {
    const { place, bus, busArn, busLogGroup: name } = wantedOf(stage, account);
    const logGroupArn = arnOf.logGroup(place, name);
    const destination = `${bus}-bus-logs`;
    const policy = claim(kinds.logGroupPolicy, { resourceArn: logGroupArn });
    const has = { retentionInDays: environment.logRetentionDays, ...underNoKey(stage, "kmsKeyId") };
    // CloudWatch Logs refuses two deliveries made to one destination at the same time.
    let earlier = policy;
    const chains = levelsUpTo(level).flatMap((each): Claim[] => {
      const source = sourceOf(bus, each);
      const after = [earlier];
      earlier = claim(
        kinds.delivery,
        {
          deliverySourceName: source,
          deliveryDestinationArn: arnOf.deliveryDestination(place, destination),
        },
        { after },
      );
      const records = { logType: `${each}_LOGS`, resourceArn: busArn };
      return [claim(kinds.deliverySource, { name: source }, { has: records }), earlier];
    });
    return {
      account,
      what: `the log of the bus of ${account}`,
      claims: [
        claim(kinds.logGroup, { name }, { protect: true, has }),
        policy,
        claim(
          kinds.deliveryDestination,
          { name: destination },
          { has: { "deliveryDestinationConfiguration.destinationResourceArn": logGroupArn } },
        ),
        ...chains,
      ],
    };
  });
}

/** Each level holds those before it, and each has a source of its own. */
function levelsUpTo(level: string): string[] {
  const levels = ["ERROR", "INFO", "TRACE"];
  return levels.slice(0, levels.indexOf(level) + 1);
}

function sourceOf(bus: string, level: string): string {
  return `${bus}-${level.toLowerCase()}-logs`;
}

/** What a bus logs of its own work may be written to its log group, and nobody else's may. */
export function busLoggingChecks(stage: Stage): ProofCheck[] {
  const { level } = stage.environment.busLogging;
  if (level === "OFF") return [];
  return [...stage.loaded.accounts.values()].map((account) => ({
    id: `bus-log:${account.name}`,
    title: `what the bus of ${account.name} logs of its own work arrives, and nobody else's does`,
    run: () =>
      outcomeOf(levelsUpTo(level), (each) => {
        const { place, bus, busLogGroup } = wantedOf(stage, account.name);
        const source = arnOf.deliverySource(place, sourceOf(bus, each));
        return mayBeWritten(stage, account, source, arnOf.logGroup(place, busLogGroup));
      }),
  }));
}

function about({ name }: LoadedAccount, attempt: string): Attempt {
  return { account: name, step: "bus log", attempt, mend: `mend the log delivery of ${name}'s stack` };
}

function mayBeWritten(
  stage: Stage,
  account: LoadedAccount,
  source: string,
  logGroup: string,
): ProofFailure[] {
  return requirePermission(
    {
      ...about(account, `the log service writes ${source} to ${logGroup}`),
      mend: `the policy of ${logGroup} must let delivery.logs.amazonaws.com write for the bus's own sources`,
    },
    (evidence) => ask(stage.world, { may: "deliver-log", source, logGroup }, evidence),
  );
}
