import type { Check, Reason, Verdict } from "eventbridge-simulator";

/** What stood in the way: a reason of the simulator's, what it speaks of, and what was asked. */
export interface Obstacle {
  readonly reason?: Reason | undefined;
  readonly subject?: string | undefined;
  readonly checks: readonly Check[];
}

/**
 * What to do about a reason, whichever claim met it; the simulator says what is wrong, the backbone's makers know where
 * it is written.
 */
export function mendOf(
  { reason, checks }: Obstacle,
  otherwise = "look at the evidence and at what the two stacks emit",
): string {
  const open = undocumentedIn(checks);
  if (open.length > 0) return `let no statement hang on what AWS does not document: ${open.join("; ")}`;
  const mend = reason === undefined ? undefined : mends.get(reason);
  return mend === undefined ? otherwise : `${mend}${statementIn(checks)}`;
}

type Denied = Extract<Verdict, { outcome: "denied" }>;
type PartEvidence = Denied["nearMisses"][number]["parts"][number];

/** The statement that refused, or came nearest to allowing. */
function statementIn(checks: readonly Check[]): string {
  for (const { verdict } of checks) {
    if (verdict.outcome !== "denied") continue;
    const [refusing] = verdict.deniedBy;
    if (refusing !== undefined)
      return `; statement ${refusing.statement.statement} of ${refusing.statement.policy} denies it`;
    const [nearest] = verdict.nearMisses;
    if (nearest === undefined) continue;
    const { statement, policy } = nearest.statement;
    const others = nearest.parts.filter((part) => part.part === "principal").find(isForOthers);
    return others === undefined
      ? `; see statement ${statement} of ${policy}`
      : `; the nearest, statement ${statement} of ${policy}, is for ${others.wants.join(", ")}`;
  }
  return "";
}

/** Written for roles where a service asks, or the other way round: for another purpose. */
function isForOthers({ wants, has }: Extract<PartEvidence, { part: "principal" }>): boolean {
  return !wants.some((name) => isService(name) === isService(has));
}

function isService(name: string): boolean {
  return name.endsWith(".amazonaws.com");
}

function undocumentedIn(checks: readonly Check[]): string[] {
  const subjects = checks.flatMap(({ verdict }) =>
    verdict.outcome === "cannot-decide"
      ? verdict.unknowns
          .filter(({ reason }) => reason === "unknown-circumstance")
          .map(({ subject }) => subject)
      : [],
  );
  return [...new Set(subjects)];
}

const mends: ReadonlyMap<Reason, string> = new Map([
  ["put-events-denied", "the caller's policy and the policy of the bus must both allow it"],
  [
    "forward-denied",
    "the role's policy must allow the receiver's bus ARN, and the receiver's bus policy must admit that role",
  ],
  [
    "assume-role-denied",
    "the role's trust policy must name events.amazonaws.com, this rule's ARN and its account",
  ],
  ["role-not-found", "emit the execution role, or give the target the role that is emitted"],
  ["role-elsewhere", "use an execution role of the account that makes the rule"],
  ["target-role-missing", "give the target an execution role"],
  [
    "target-role-denied",
    "the role's policy must allow the actions that deliver, on this target's ARN, and the target's own policy must not deny it",
  ],
  ["role-key-denied", "the role's policy must allow kms:Decrypt and kms:GenerateDataKey on the target's key"],
  ["target-missing", "emit the target, name it in the registry, or mend its ARN"],
  ["target-fifo", "name a standard queue or topic"],
  ["function-denied", "give the function a permission for events.amazonaws.com and this rule's ARN"],
  ["mapping-role-denied", "the trust policy of the function's role must name lambda.amazonaws.com"],
  [
    "mapping-denied",
    "the function's role must allow sqs:ReceiveMessage, sqs:DeleteMessage and sqs:GetQueueAttributes on the queue",
  ],
  ["unmodelled-policy", "give the target an execution role: nobody here knows its own policy"],
  [
    "target-role-refused",
    "remove the role from the log target: the log group's own policy lets EventBridge in",
  ],
  ["target-log-group-form", "write the target's ARN without :*"],
  ["target-log-group-elsewhere", "log in a log group of the rule's own account and Region"],
  ["log-group-denied", "the log group's policy must allow CreateLogStream, and PutLogEvents for this rule"],
  ["log-group-missing", "emit the log group, or mend the target's ARN"],
  ["topic-denied", "the topic's policy must let the service publish on behalf of this rule or alarm"],
  ["topic-missing", "emit the topic, or mend the target's ARN"],
  ["key-denied", "the key's policy must let the service use it for this resource"],
  [
    "key-of-aws",
    "name a customer key whose policy lets the service in, or none: encryption by the service itself needs nobody's permission",
  ],
  ["key-missing", "name an emitted key, by ARN, id or alias, or emit it"],
  ["bus-missing", "deploy the receiver's stack, or mend the target's ARN: AWS reports no error here"],
  ["third-bus", "publish on the global bus itself: EventBridge forwards an event once"],
  ["queue-missing", "emit the queue, or mend its ARN"],
  ["send-message-denied", "the queue's policy must let events.amazonaws.com send for this rule"],
  ["dead-letter-absent", "give the target the account's dead-letter queue"],
  ["dead-letter-not-a-queue", "name the account's dead-letter queue"],
  ["dead-letter-fifo", "name a standard queue"],
  ["dead-letter-region", "name a queue of the rule's own Region"],
  ["check-undecided", "write the policies so that the simulator knows every part of them"],
]);
