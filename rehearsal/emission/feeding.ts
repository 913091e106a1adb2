import type { FunctionData } from "eventbridge-simulator";
import type { LoadedParts, LoadingProblem } from "./parts.js";

/**
 * Functions with their permissions, which AWS keeps as one policy of the function; also those that are only given one here.
 */
export function functionsOf(all: readonly LoadedParts[]): readonly FunctionData[] {
  const made = all.flatMap(({ functions }) => functions);
  const permissions = all.flatMap((parts) => parts.permissions);
  return [...new Set([...made.map(({ arn }) => arn), ...permissions.map(({ of }) => of)])].map((arn) => {
    const Statement = permissions.filter(({ of }) => of === arn).map(({ statement }) => statement);
    return {
      arn,
      roleArn: made.find((one) => one.arn === arn)?.roleArn,
      policy: Statement.length === 0 ? undefined : JSON.stringify({ Version: "2012-10-17", Statement }),
    };
  });
}

/** What AWS refuses between a queue, the queue of what its consumer gives up, and the function that it feeds. */
export function tellUnfitQueues(all: readonly LoadedParts[], problems: LoadingProblem[]): void {
  const queues = new Map(all.flatMap((parts) => parts.queues).map((queue) => [queue.arn, queue]));
  const functions = new Map(all.flatMap((parts) => parts.functions).map((one) => [one.arn, one]));
  const tell = (at: string, problem: string, mend: string): void => {
    problems.push({ at: [at], problem, mend });
  };
  for (const { arn, fifo, redrive } of queues.values()) {
    if (redrive === undefined) continue;
    const to = redrive.deadLetterTargetArn;
    const gives = `queue ${arn} gives up messages into ${to}`;
    const letters = queues.get(to);
    const allow = letters?.redriveAllow;
    if (letters === undefined) tell(arn, `${gives}, which no stack emits`, "emit it, or name one that is");
    else if (letters.fifo !== fifo || placeOf(to) !== placeOf(arn))
      tell(
        arn,
        `${gives}, which is of another kind, account or Region`,
        "let both be standard queues of one account and Region",
      );
    else if (
      allow?.redrivePermission === "denyAll" ||
      (allow?.redrivePermission === "byQueue" && !allow.sourceQueueArns.includes(arn))
    )
      tell(to, `${gives}, which does not let it`, `name ${arn} in its redriveAllowPolicy`);
  }
  for (const { of, queue } of all.flatMap((parts) => parts.mappings)) {
    const source = queues.get(queue);
    const timeout = functions.get(of)?.timeout ?? 0;
    if (source === undefined)
      tell(of, `function ${of} is fed from ${queue}, which no stack emits`, "emit it, or name one that is");
    else if (source.visibilitySeconds < timeout)
      tell(
        queue,
        `queue ${queue} shows a message again after ${source.visibilitySeconds} seconds, and function ${of} may work on it for ${timeout}: AWS refuses that`,
        `let its visibilityTimeoutSeconds be ${timeout} at least; AWS advises ${6 * timeout}`,
      );
  }
}

/** Partition, service, Region and account. */
function placeOf(arn: string): string {
  return arn.slice(0, arn.lastIndexOf(":"));
}
