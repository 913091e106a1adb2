/** Why a letter stays where it is, and what is right to do with it. `discard`: throwing it away is. */
export const stayReasons = {
  "not-an-event": {
    because: "it is no event: EventBridge did not write it, or the rule transforms its input",
    then: "discard",
  },
  canary: { because: "it is a canary, whose time is over", then: "discard" },
  replay: {
    because: "a replay brought it, and sent again it would look like a new event to consumers and archive",
    then: "replay it again with `npx backbone replay`, then discard it",
  },
  "encryption-failure": {
    because: "the bus could not encrypt or decrypt it, so nobody has it, and no rule says where it belongs",
    then: "mend the key; let its owner publish it again (--discard --to keeps its text)",
  },
  "no-rule": { because: "it does not say which rule it was refused for", then: "discard" },
  "routing-watch": {
    because: "it tells of a change to the routing, on its way from the default bus to the topic for alarms",
    then: "read it (--discard --to keeps its text)",
  },
  "foreign-rule": { because: "its rule is on no bus of this account", then: "discard" },
  log: {
    because: "only the event log lacks it: on the bus it would reach every consumer again",
    then: "discard",
  },
  "no-forward": {
    because: "its rule is no forward of the backbone as the registry has it now",
    then: "discard, or bring back the route that it came by",
  },
  "other-target": { because: "its target is not the one that its rule gives events to now", then: "discard" },
  "no-subscription": {
    because: "its rule is of no subscription as the registry has it now",
    then: "discard, or bring back the subscription that it came by",
  },
  "no-partition-key": {
    because: "it has no text where its stream's partition key is looked for",
    then: "let its owner publish it with one, then discard it",
  },
  "rules-unknown": {
    because:
      "the rules of the bus, or the targets of its own, could not be listed, so nobody knows who would see it",
    then: "mend what is said above, then look again",
  },
  "rule-gone": {
    because: "its rule is not on the bus any more: only others would see it",
    then: "discard, or deploy the rule again",
  },
  "target-gone": {
    because: "its rule does not hand events to the target any more that refused this one",
    then: "discard, or put the target back on the rule",
  },
  "rule-disabled": {
    because: "its rule is disabled: only others would see it",
    then: "enable the rule, then redrive",
  },
  "no-match": {
    because: "its rule would not take it: the pattern does not match the event as it would be put back",
    then: "discard, or deploy the pattern that it came by",
  },
  "no-contract": { because: "the registry has no such contract (any more)", then: "discard" },
  "breaks-contract": {
    because: "its detail breaks its contract, so consumers may not understand it",
    then: "let its owner publish it as the contract says, then discard it",
  },
  "never-again": { because: "its error code says that sending it again is wrong", then: "discard" },
  "seen-by-others": {
    because: "other rules of the bus would see it again",
    then: "name each rule that may: --also-to <rule>",
  },
  "no-way-back": {
    because:
      "EventBridge takes events of AWS from AWS alone: nobody can put it on a bus again, and what lacks it is no target of a subscription, which alone could be given it",
    then: "look up what has happened where it comes from, or give its text to whoever lacks it; then discard it (--to keeps the text)",
  },
  "not-for-all": {
    because:
      "EventBridge takes events of AWS from AWS alone: the targets of subscriptions can be given it, and these rules of the bus that lacks it would take it, too, and go without",
    then: "name each rule that goes without: --without <rule>; what its consumer would do is left to you",
  },
  "receiver-closed": {
    because:
      "it is an event of AWS, which only the redrive role of the account that lacks it may give to its targets, and that could not be taken on",
    then: "see that your credentials open that account, too (--profile with {account}), then redrive",
  },
  "aws-breaks-contract": {
    because: "AWS sent it otherwise than its contract says, so consumers may not understand it",
    then: "put the contract right and redrive it, or discard it",
  },
  "in-doubt": {
    because:
      "an earlier run sent it and got no answer that says what became of it: it may have arrived already",
    then: "look for it; if it is there, discard it; if not, redrive it with --again",
  },
  "given-back": {
    because: "an earlier run gave its event back to the same rule or queue, for another letter about it",
    then: "discard it, or redrive it with --again: whoever it goes to would get it once more",
  },
  "many-rounds": {
    because: "it has come back twice or more: sending it again is likely to end the same way",
    then: "find out why; then discard it, or redrive it with --again",
  },
  "bus-missing": {
    because: "its bus is not there: AWS would acknowledge the event and drop it",
    then: "`npx pulumi up --refresh` for the stack that owns the bus, then redrive",
  },
  "bus-not-seen": {
    because: "whether its bus is there could not be seen, and AWS acknowledges events for a missing one",
    then: "`npx pulumi up --refresh` for the stacks of both accounts, so that the redrive role may see the bus",
  },
} as const satisfies Readonly<Record<string, { readonly because: string; readonly then: string }>>;

export type StayReason = keyof typeof stayReasons;
