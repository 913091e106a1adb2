import { checkLogDelivery } from "eventbridge-simulator";
import {
  type Attempt,
  outcomeOf,
  type ProofCheck,
  type ProofFailure,
  requirePermission,
  requireRefusal,
  requireThat,
} from "../claim.js";
import { arnOf } from "../emission/arns.js";
import type { LoadedAccount } from "../emission/assemble.js";
import { outsider, type Stage } from "../stage.js";

/** What a bus logs of its own work arrives in a log group of its account, and nobody else's does. */
export function busLoggingChecks(stage: Stage): ProofCheck[] {
  const { level, includeDetail } = stage.environment.busLogging;
  if (level === "OFF") return [];
  const detail = includeDetail ? "FULL" : "NONE";
  return [...stage.loaded.accounts.values()].map((account) => ({
    id: `bus-log:${account.name}`,
    title: `the bus of ${account.name} logs its own work at level ${level}, and the records arrive`,
    run: () => {
      const { logLevel, logDetail, name = "" } = account.busSettings ?? {};
      const settings = requireThat(logLevel === level && logDetail === detail, {
        ...about(
          account,
          `bus ${name} logs ${logLevel ?? "nothing"} with ${logDetail ?? "no"} detail, not ${level} with ${detail}`,
        ),
        at: [account.bus ?? ""],
        expected: `${level} with detail ${detail}`,
        found: `${logLevel ?? "nothing"} with detail ${logDetail ?? "none"}`,
      });
      const types = outcomeOf(logTypes.slice(0, logTypes.indexOf(`${level}_LOGS`) + 1), (type) =>
        arrives(stage, account, type),
      );
      return { cases: types.cases + 1, failures: [...settings, ...types.failures] };
    },
  }));
}

/** Each level holds those before it, and each has a source of its own. */
const logTypes = ["ERROR_LOGS", "INFO_LOGS", "TRACE_LOGS"];

function about({ name }: LoadedAccount, attempt: string): Attempt {
  return { account: name, step: "bus log", attempt, mend: `mend the log delivery of ${name}'s stack` };
}

/** Source, delivery, destination, log group: a chain that AWS ties together by names. */
function arrives(stage: Stage, account: LoadedAccount, logType: string): ProofFailure[] {
  const { switchedOn, bus, logGroups } = account;
  const { deliverySources, deliveries, deliveryDestinations } = switchedOn;
  const source = deliverySources.find((candidate) => candidate.bus === bus && candidate.logType === logType);
  if (source === undefined) {
    return requireThat(false, about(account, `no delivery source takes ${logType} of ${String(bus)}`));
  }
  const delivery = deliveries.find((candidate) => candidate.source === source.name);
  if (delivery === undefined) {
    return requireThat(false, about(account, `no delivery ties source ${source.name} to a destination`));
  }
  const destination = deliveryDestinations.find(({ arn }) => arn === delivery.destination);
  if (destination === undefined || !logGroups.includes(destination.logGroup)) {
    return requireThat(
      false,
      about(
        account,
        `source ${source.name} delivers to ${delivery.destination}, which is no log group of ${account.name}`,
      ),
    );
  }
  return mayBeWritten(stage, account, source.arn, destination.logGroup);
}

function mayBeWritten(
  stage: Stage,
  account: LoadedAccount,
  source: string,
  logGroup: string,
): ProofFailure[] {
  const { region } = stage.environment;
  const strangers = [
    arnOf.deliverySource({ region, accountId: account.id }, "somebody-elses"),
    arnOf.deliverySource(
      { region, accountId: outsider(stage, "stranger").id },
      source.slice(source.lastIndexOf(":") + 1),
    ),
  ];
  const mend = `the policy of ${logGroup} must let delivery.logs.amazonaws.com write for the bus's own sources, and no others`;
  return [
    ...requirePermission(
      { ...about(account, `the log service writes ${source} to ${logGroup}`), mend },
      (evidence) => checkLogDelivery(stage.world, source, logGroup, evidence),
    ),
    ...strangers.flatMap((stranger) =>
      requireRefusal(
        { ...about(account, `the log service writes ${stranger} to ${logGroup}`), mend },
        (evidence) => checkLogDelivery(stage.world, stranger, logGroup, evidence).checks,
      ),
    ),
  ];
}
