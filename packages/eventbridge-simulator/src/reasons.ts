/**
 * Every reason the simulator gives, and its words. A verdict, a step or a problem carries the key; the words are
 * put together in `render.ts` only.
 */
export const reasons = {
  // Why a request is denied.
  "explicit-deny": "a statement denies it",
  "nothing-allows": "neither an identity policy nor the resource policy allows it",
  "account-delegates":
    "the resource policy names only the account, which leaves the decision to the identity policies, and none allows it",
  "identity-allows-nothing": "no identity policy of the caller allows it",
  "resource-allows-nothing": "no statement of the resource policy allows it",
  "resource-policy-absent": "the resource has no policy, so nobody from outside its account may use it",

  // What the simulator does not know, and so never takes for an allow.
  "unknown-operator": "the simulator does not know this condition operator",
  "unknown-key": "the simulator does not know this condition key for the request's action",
  "unknown-value": "the operator does not take this value",
  "unknown-principal": "the simulator does not know this kind of principal",
  "unknown-element": "the simulator does not evaluate this element",
  "unknown-variable": "the simulator cannot resolve this policy variable",
  "unknown-resource": "the simulator does not evaluate a resource of this form",
  "unknown-variable-place":
    "AWS takes a policy variable in the last part of a resource's ARN only, after the fifth colon; before it nothing may match",
  "unknown-reach": "it is not documented how far a * at the end of a part of an ARN reaches beyond the colon",
  "unknown-tag": "whoever asks may have any value of this tag",
  "unknown-absent":
    "AWS documents ForAnyValue and IfExists for a key that is not there each alone, and not both",
  "unknown-set":
    "an operator without ForAllValues or ForAnyValue meets several values that it answers differently",
  "unknown-action": "it is not documented how AWS takes a wildcard action in this kind of policy",
  "unknown-boundary": "permissions boundaries are not evaluated",
  "unknown-circumstance": "AWS does not document this part of the request, and the verdict depends on it",

  // What AWS would not have accepted: the policy could not have been put.
  "malformed-json": "the policy is not JSON",
  "malformed-document": "a policy is a JSON object",
  "malformed-version": "Version must be 2012-10-17 or 2008-10-17",
  "malformed-version-missing": 'this kind of policy needs "Version": "2012-10-17" written out',
  "malformed-statement": "Statement must be an object or a list of at least one",
  "malformed-element": "AWS knows no such element",
  "malformed-sid": "the Sid has characters that this kind of policy does not take",
  "malformed-sid-twice": "two statements have the same Sid",
  "malformed-effect": "Effect must be Allow or Deny",
  "malformed-principal": "the Principal is not valid",
  "malformed-principal-missing": "this kind of policy needs a Principal in every statement",
  "malformed-principal-prohibited": "an identity policy must not name a Principal",
  "malformed-action": "an action is written <service>:<name>",
  "malformed-action-missing": "a statement needs Action or NotAction, and not both",
  "malformed-action-not-admitted": "AWS does not admit this action in this kind of policy",
  "malformed-resource": "a resource is an ARN or *",
  "malformed-resource-missing": "a statement needs Resource or NotResource, and not both",
  "malformed-resource-prohibited": "a trust policy must not name a Resource",
  "malformed-resource-foreign": "the policy of a bus may only name that bus and its rules",
  "malformed-condition": "Condition must map operators to keys, and keys to a value or a list of values",

  // What a request or an entry of PutEvents must be.
  "request-entries": "PutEvents takes 1 to 10 entries",
  "request-size": "the entries of one PutEvents call may have 1 MB together",
  "entry-field": "a required field is missing or empty",
  "entry-source-reserved": 'a source must not begin with "aws."',
  "entry-detail-type-length": "a detail-type has at most 128 characters",
  "entry-detail": "Detail must be the text of a JSON object",
  "entry-time": "Time must be a date and time",
  "entry-bus": "EventBusName must be the name or the ARN of a bus",
  "caller-not-a-role": "the caller must be a role, given by its ARN",
  "put-events-denied": "the caller may not put events on this bus",

  // What somebody may not do.
  "access-denied": "the caller's policies and the resource's do not allow it",
  "resource-missing": "nothing of this name is there",

  // What happens to an event on its way.
  "bus-missing": "no such bus; AWS acknowledges the event and drops it",
  "third-bus": "the event already came from another bus; EventBridge does not send it on to a third",
  "target-role-missing": "AWS takes a target of this kind only with an execution role",
  "target-role-refused": "AWS takes no execution role for a log group",
  "target-log-group-form": "the ARN of a log group as a target is written without :*",
  "target-log-group-elsewhere": "a log group must be in the account and region of the rule",
  "role-not-found": "there is no such execution role",
  "role-elsewhere": "the execution role must be of the account that made the rule",
  "assume-role-denied": "the trust policy does not let the rule assume the execution role",
  "forward-denied": "the execution role may not put events on the receiving bus",
  "target-role-denied": "the role may not hand events to the target",
  "role-key-denied":
    "the role may not use the key of what it works with, by its own policies or by the key's",
  "target-missing": "there is no such target",
  "target-fifo":
    "AWS takes a FIFO queue as a target only with a message group, and no FIFO topic at all: use a standard one",
  "queue-missing": "there is no such queue",
  "send-message-denied": "the queue does not accept messages of this rule",
  "log-group-missing": "there is no such log group",
  "log-group-denied": "the log group does not accept events of this rule",
  "topic-missing": "there is no such topic",
  "topic-denied": "the topic does not let it be published",
  "function-denied": "no permission of the function lets the rule invoke it",
  "mapping-role-denied": "the trust policy of the function's role does not let Lambda assume it",
  "mapping-denied": "the function's role may not take messages from the queue",
  "key-missing": "there is no such customer key",
  "key-of-aws":
    "the key is one of AWS's own (alias/aws/…), whose policy nobody can change: it lets neither EventBridge nor CloudWatch use it",
  "key-denied": "the key's policy does not let the service use it",
  "dead-letter-absent": "the target has no dead-letter queue",
  "dead-letter-not-a-queue": "the dead-letter target is not a queue",
  "dead-letter-fifo": "a dead-letter queue must be a standard queue",
  "dead-letter-region": "a dead-letter queue must be in the region of the rule",

  // What the simulator does not model, by name.
  "unmodelled-target": "targets of this kind are not modelled",
  "unmodelled-region": "delivery to another region is not modelled",
  "unmodelled-target-account": "a target in another account that is no bus is not modelled",
  "unmodelled-policy": "it is known by name only: what its own policy allows, nobody can say here",
  "unmodelled-creator": "a rule of another account than its bus's is followed to buses only",
  "unmodelled-input": "it is not documented what the target's input transformer makes of this event",
  "unmodelled-log-input":
    "it is not documented what a log group keeps of an input whose message is no text, or whose timestamp is no time",
  "unmodelled-default-bus": "the default bus of this account is not part of the world",
  "check-undecided": "the simulator cannot decide whether AWS would allow it",

  // What a world must not contain.
  "world-account": "an account id has twelve digits",
  "world-arn": "the ARN does not have the form of its kind",
  "world-duplicate": "the same ARN is given twice",
  "world-rule-bus": "the rule is on a bus that the world does not contain",
  "world-rule-state": "the state of a rule is ENABLED or DISABLED",
  "world-pattern": "AWS would refuse the event pattern",
  "world-too-many-targets": "a rule has at most 5 targets",
  "world-target-twice": "two targets of the rule have the same id",
  "world-target-id": "a target id has 1 to 64 letters, digits, dots, dashes or underscores",
  "world-managed-policy": "a managed policy is attached that the world does not contain",
  "world-input": "AWS would refuse the target's input transformer",
  "world-input-bus": "a bus as a target takes no input transformer",
  "world-input-log":
    'the input of a log group is made by a template such as {"timestamp": <time>, "message": "<text>"}, with these two fields',
  "world-queue-fifo": "the name of a FIFO queue, and of no other, ends in .fifo",
} as const;

export type Reason = keyof typeof reasons;
/** Why a request is denied although everything about it is known. */
export type DeniedReason =
  | "explicit-deny"
  | "nothing-allows"
  | "account-delegates"
  | "identity-allows-nothing"
  | "resource-allows-nothing"
  | "resource-policy-absent";
export type UnknownReason = Extract<Reason, `unknown-${string}`>;
export type MalformedReason = Extract<Reason, `malformed-${string}`>;
export type RequestReason = Extract<Reason, `request-${string}` | `entry-${string}` | "caller-not-a-role">;
export type UnmodelledReason = Extract<Reason, `unmodelled-${string}`>;
export type WorldReason = Extract<Reason, `world-${string}`>;
