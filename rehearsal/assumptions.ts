/** Something that every proof takes for true and no resource shows. */
export interface Assumption {
  readonly id: string;
  /** What is assumed, in a few words. */
  readonly title: string;
  /** How sure it is, and what would be false without it. */
  readonly text: string;
}

/**
 * What a proof that holds still hangs on, in the order of docs/proof.md. What the simulator leaves open by itself
 * (both answers must lead to the same verdict) is not among them.
 */
export const assumptions: readonly Assumption[] = [
  {
    id: "permissions-boundary",
    title: "The permissions boundary",
    text: "of the environment's `roles` is there in every account, and allows what the roles' own policies allow (`npx backbone check` lists it). Its name and account are proven, its text is not in the registry.",
  },
  {
    id: "organisation",
    title: "Who is in the organisation:",
    text: "the accounts of the registry are, but those that say `outsideOrganization`. No resource tells it.",
  },
  {
    id: "audit-trail-role",
    title: "The role of the audit trail",
    text: "is made inside a plugin, and no resource of it is seen: neither its policy nor, where `roles` demands them, its path and boundary, which it does not have.",
  },
  {
    id: "assume-role-source",
    title: "EventBridge names the rule when it takes on an execution role:",
    text: "`sts:AssumeRole` for a target carries `aws:SourceArn` and `aws:SourceAccount` of the rule. That is known from what AWS's console writes, not from its documentation; if a call carried none, every forward would be refused, and every delivery by a role, into its dead-letter queue.",
  },
  {
    id: "log-and-letter-source",
    title: "EventBridge names the rule when it delivers:",
    text: "`logs:PutLogEvents`, `sqs:SendMessage`, `sns:Publish` and `lambda:InvokeFunction` carry `aws:SourceArn` and `aws:SourceAccount` of the rule, as AWS's examples of policies show; `logs:CreateLogStream` carries no `aws:SourceArn`.",
  },
  {
    id: "resource-organisation",
    title: "PutEvents across accounts carries `aws:ResourceOrgID`",
    text: "of the receiving bus. The backbone's redrive role reaches local buses by it; if it were absent, no dead letter of the backbone could be given back.",
  },
  {
    id: "bus-invocation",
    title: "A forward into another AWS account says so:",
    text: "`events:eventBusInvocation` is `true` there and `false` for a direct call. By it the global bus refuses what a rule of another bus sends.",
  },
  {
    id: "events-of-aws",
    title: "AWS puts its events on the default bus:",
    text: "those that the contracts of AWS's services describe, of whatever that asks for (`npx backbone check` lists it), and a partner those of its own on the partner bus of that name, which is there. Some services promise to deliver each event at least once, others only to try.",
  },
  {
    id: "source-of-forwards",
    title: "A forward says which source its event has:",
    text: "`events:source` is there when a rule puts an event on a bus of another account. By it a local bus takes nothing but events of AWS from the roles that bring these; where it were absent, whoever in the organisation has a role of that name could bring others. Public captures show it, AWS's documentation does not.",
  },
  {
    id: "read-only-events",
    title: "Rules must ask for management events that only read",
    text: "by their state, on every bus that such an event comes by. AWS documents the state for custom buses, too, and not whether a forwarded event is held back there: the rules behind a forward ask as well. Whether an archive keeps such events is not known.",
  },
  {
    id: "event-account",
    title: "The `account` of a directly published event is the caller's,",
    text: 'whatever the entry says; AWS documents no field of an entry that sets it. Where `publishing` is `"organisation"`, forwards tell publishers apart by it: if it were the bus\'s, they would take nothing, and if callers could choose it, anything. `npx backbone canary` looks at it on a living backbone.',
  },
  {
    id: "target-role",
    title: "A bus target needs an execution role",
    text: "in the rule's own account, in the same AWS account too; AWS documents it for other accounts only.",
  },
  {
    id: "target-role-inside",
    title: "EventBridge takes an execution role",
    text: "for a queue and a topic of the rule's own account, too. AWS's pages do not agree on it: some ask for the queue's or topic's own policy there.",
  },
  {
    id: "named-targets",
    title: "What a subscription names is there:",
    text: "the queue, topic, function, state machine, stream or Firehose of that name, which others deploy, and the policy of the key that it says. What their own policies say is not seen; where one denies EventBridge or the redrive role, nothing arrives.",
  },
  {
    id: "consumers-letters",
    title: "Letters of consumers are theirs:",
    text: "the queue for what a consumer gives up has no policy, as consumers write it. Whoever in the account may send to it by a policy of their own can write a letter there, which a redrive then gives to that consumer.",
  },
  {
    id: "largest-events",
    title: "The largest events fit into no log and no letter:",
    text: "EventBridge's event is always larger than its entry, and a log event and an SQS message take no more than an entry may have. So an entry near 1 MB is forwarded, but may be missing in the event logs, and lost where its target refuses it.",
  },
  {
    id: "quotas",
    title: "Quotas are AWS's default values",
    text: "or what the registry says of them, and the account has no more than the backbone in it. What is shared with applications (rules, roles, log policies, the rates of PutEvents and invocations), and whether the managed rule of an archive counts among a bus's rules, is not seen.",
  },
  {
    id: "metrics",
    title: "Alarms see what AWS documents:",
    text: "the series of EventBridge and SQS have the names and dimensions that the documentation lists, and a query over all rules of a bus takes in new ones by itself.",
  },
  {
    id: "as-emitted",
    title: "What is emitted is what is deployed:",
    text: "nobody changes the resources by hand, and every stack has been rolled out.",
  },
];
