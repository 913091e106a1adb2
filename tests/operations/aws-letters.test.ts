import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fateOf, type FateFacts, type Receiver } from "../../operations/dead-letters/fate.js";
import { noHistory } from "../../operations/dead-letters/history.js";
import { readLetter } from "../../operations/dead-letters/letter.js";
import type { StayReason } from "../../operations/dead-letters/stay-reasons.js";
import type { BusRule } from "../../operations/rules.js";
import {
  awsEventText,
  type AwsEventText,
  awsForwardAttributes,
  awsIds,
  deployAwsRules,
  registry,
  stack,
  topology,
} from "../fixtures/aws-events-backbone.js";
import { OperatedAws } from "../fixtures/operated-aws.js";
import { newStateFolder, runRedrive, type RedriveRunOptions } from "../fixtures/redrive-run.js";

const uploads = "arn:aws:sqs:eu-west-1:333333333333:backbone-billing--uploads";
const everything = '{"source":[{"prefix":""}]}';

function rule(name: string, pattern = everything, changes: Partial<BusRule> = {}): BusRule {
  return { name, isEnabled: true, pattern, isManaged: false, ...changes };
}

/** What stands on billing's bus besides what others have there. */
const ours = [
  rule("log-all-events"),
  rule("Events-Archive-backbone-billing", everything, { isManaged: true }),
  rule("billing--uploads.0"),
  rule("billing--own.0", '{"account":["333333333333"]}'),
];

interface Case {
  readonly name: string;
  readonly from?: keyof typeof awsIds;
  readonly to?: keyof typeof awsIds;
  readonly event?: AwsEventText;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly receiver?: Receiver | undefined;
  readonly facts?: Partial<FateFacts>;
}

function fate({ from = "orders", to = "billing", event, attributes = {}, facts, ...rest }: Case) {
  const letter = readLetter({
    MessageId: "m-1",
    Body: awsEventText(event),
    MessageAttributes: Object.fromEntries(
      Object.entries({ ...awsForwardAttributes(from, to), ...attributes }).map(([key, StringValue]) => [
        key,
        { DataType: "String", StringValue },
      ]),
    ),
  });
  const receiver: Receiver | undefined = "receiver" in rest ? rest.receiver : { kind: "listed", rules: ours };
  return fateOf(
    {
      registry,
      topology,
      account: stack(from),
      queue: { kind: "dead-letters", as: "dead-letters", name: "q", arn: "q" },
      rules: ours,
      targets: new Map(),
      receivers: new Map(receiver === undefined ? [] : [[to, receiver]]),
      history: noHistory,
      alsoTo: new Set(),
      without: new Set(),
      again: false,
      ...facts,
    },
    letter,
  );
}

const orders = "arn:aws:events:eu-west-1:444444444444:rule";

describe("a letter about an event of AWS goes to the targets of the subscriptions that take it", () => {
  it.each<Case & { readonly target: string; readonly without?: readonly string[] }>([
    { name: "past the bus that lacks it", target: uploads },
    {
      name: "by a rule that was divided into others since",
      attributes: { RULE_ARN: `${orders}/backbone-forward-billing.default.17` },
      target: uploads,
    },
    {
      name: "though another rule goes without, as was agreed",
      receiver: { kind: "listed", rules: [...ours, rule("invoice")] },
      facts: { without: new Set(["invoice", "unheard-of"]) },
      target: uploads,
      without: ["invoice"],
    },
    {
      name: "beside rules that would not have it",
      receiver: {
        kind: "listed",
        rules: [...ours, rule("off", everything, { isEnabled: false }), rule("x", '{"source":["x"]}')],
      },
      target: uploads,
    },
    {
      name: "of a management event, from the backbone's own default bus",
      from: "global",
      to: "audit",
      event: {
        account: awsIds.global,
        source: "aws.iam",
        detailType: "AWS API Call via CloudTrail",
        detail: '{"eventSource":"iam","eventName":"ListRoles","readOnly":true,"managementEvent":true}',
      },
      receiver: { kind: "listed", rules: [] },
      target: "arn:aws:sqs:eu-west-1:222222222222:backbone-watch--everything",
    },
  ])("$name", ({ target, without = [], ...one }) => {
    expect(fate(one)).toEqual({
      kind: "goes",
      account: one.to ?? "billing",
      to: target,
      also: [],
      direct: { others: [], without },
    });
  });
});

describe("a letter about an event of AWS stays", () => {
  it.each<Case & { readonly reason: StayReason; readonly detail?: string }>([
    {
      name: "where no subscription takes it",
      event: { detail: '{"bucket":{"name":"uploads"},"object":{"key":"1.pdf"}}' },
      reason: "no-way-back",
      detail: "billing",
    },
    {
      name: "where another rule would go without",
      receiver: { kind: "listed", rules: [...ours, rule("invoice"), rule("odd", "no pattern")] },
      facts: { without: new Set(["odd"]) },
      reason: "not-for-all",
      detail: "invoice",
    },
    {
      name: "where the account that lacks it could not be opened",
      receiver: { kind: "closed", because: "no credentials" },
      reason: "receiver-closed",
      detail: "billing: no credentials",
    },
    {
      name: "where the rules there could not be listed",
      receiver: { kind: "unknown", because: "no" },
      reason: "rules-unknown",
      detail: "no",
    },
    {
      name: "that its rule would not take now",
      event: { detail: '{"bucket":{"name":"others"},"object":{"key":"1.pdf"}}' },
      reason: "no-match",
      detail: "backbone-forward-billing.default",
    },
    { name: "of another target", attributes: { TARGET_ARN: "arn:aws:sqs:a:b:c" }, reason: "other-target" },
    {
      name: "of a rule that is no forward any more",
      attributes: { RULE_ARN: `${orders}/backbone-forward-gone.default` },
      reason: "no-forward",
    },
    {
      name: "of somebody else's rule on the default bus",
      attributes: { RULE_ARN: `${orders}/theirs` },
      reason: "foreign-rule",
    },
    {
      name: "that is not as its contract says",
      event: {
        detail: '{"bucket":{"name":"uploads"},"object":{"key":"1.csv"}}'.replace(
          '"name"',
          '"title":1,"name"',
        ),
      },
      facts: { registry: { ...registry, contracts: new Map() } },
      reason: "no-contract",
    },
    {
      name: "of a consumer's own rule, which only a bus could give it again",
      from: "orders",
      attributes: { RULE_ARN: `${orders}/backbone-orders/pack`, TARGET_ARN: "arn:aws:lambda:x" },
      reason: "no-way-back",
    },
  ])("$name", ({ reason, detail, ...one }) => {
    expect(fate(one)).toMatchObject({ kind: "stays", reason, ...(detail === undefined ? {} : { detail }) });
  });

  it("is held against the contract of the account that it is of", () => {
    const broken = '{"bucket":{"name":"uploads"},"object":{"key":"1.csv","size":1}}';
    const contract = registry.contracts.get("uploads/Object Created");
    if (contract === undefined) throw new Error("no contract");
    const strict = { ...contract, detail: { ...contract.detail, problemsOf: () => ["it has size"] } };
    const contracts = new Map([...registry.contracts, [contract.key, strict]]);
    expect(
      fate({ name: "", event: { detail: broken }, facts: { registry: { ...registry, contracts } } }),
    ).toMatchObject({
      reason: "aws-breaks-contract",
      detail: "detail does not satisfy uploads/Object Created: it has size",
    });
  });
});

describe("a redrive of events of AWS", () => {
  const letters = "backbone-orders-dead-letters";
  const targets = { uploads: "backbone-billing--uploads", index: "backbone-billing--index" };
  const both = awsEventText({
    id: "both-1",
    detail: '{"bucket":{"name":"uploads"},"object":{"key":"both/1.csv"}}',
  });
  let aws: OperatedAws;
  let state: string;

  beforeEach(async () => {
    aws = new OperatedAws(awsIds);
    state = newStateFolder();
    deployAwsRules(aws);
    for (const name of [letters, ...Object.values(targets)]) aws.createQueue(name);
    await aws.start();
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await aws.stop();
  });

  const add = (body: string) =>
    aws.addMessage(
      letters,
      body,
      awsForwardAttributes("orders", "billing"),
      new Date("2026-01-01T11:00:05Z"),
    );
  const redrive = (options: Partial<RedriveRunOptions> = {}) =>
    runRedrive(aws, { account: "orders", backbone: { registry, topology }, state, ...options });
  const bodies = (queue: string) => aws.messagesIn(queue).map(({ body }) => body);
  const refuse = (target: string) => {
    aws.fault = ({ action, input }) =>
      action === "SendMessageBatch" && String(input.QueueUrl).endsWith(target)
        ? { kind: "error", type: "AccessDeniedException", status: 403, message: "no" }
        : undefined;
  };

  it("gives the whole event to each target by the redrive role of the receiver, and deletes the letter then", async () => {
    add(both);
    add(awsEventText({ id: "one-1" }));
    const { result } = await redrive();
    expect(bodies(targets.index)).toEqual([both]);
    expect(bodies(targets.uploads)).toEqual([both, awsEventText({ id: "one-1" })]);
    expect(bodies(letters)).toEqual([]);
    expect(result.partly).toEqual([]);
    expect(new Set(result.redriven.map(({ eventId }) => eventId))).toEqual(new Set(["both-1", "one-1"]));
    const sent = aws.requestsOf("SendMessageBatch");
    expect(
      sent.every(({ caller }) => caller.includes("333333333333:assumed-role/backbone-redrive-billing")),
    ).toBe(true);
    const deleted = aws.requestsOf("DeleteMessageBatch");
    expect(
      deleted.every(({ caller }) => caller.includes("444444444444:assumed-role/backbone-redrive-orders")),
    ).toBe(true);
    expect(aws.requestsOf("PutEvents")).toEqual([]);
  });

  it("keeps the letter while one of the targets has not got it, and the next run gives it to that one alone", async () => {
    const id = add(both);
    refuse(targets.uploads);
    const first = await redrive();
    expect(first.result).toMatchObject({
      redriven: [],
      partly: [{ messageId: id, to: uploads.replace("--uploads", "--index") }],
      refused: [{ messageId: id, to: uploads }],
      untouched: [],
    });
    expect(aws.messagesIn(letters).map((one) => one.id)).toEqual([id]);
    expect(bodies(targets.uploads)).toEqual([]);
    aws.fault = () => undefined;
    const second = await redrive();
    expect(second.result).toMatchObject({ redriven: [{ messageId: id }], partly: [] });
    expect(bodies(targets.uploads)).toEqual([both]);
    expect(bodies(targets.index)).toEqual([both]);
    expect(bodies(letters)).toEqual([]);
  });

  it("does not take it for done with when the route is gone before all have it", async () => {
    const id = add(both);
    refuse(targets.uploads);
    await redrive();
    aws.fault = () => undefined;
    const orders = stack("orders");
    const without = { ...orders, forwards: [] };
    const stacks = new Map([...topology.stacks, ["orders", without] as const]);
    await redrive({ backbone: { registry, topology: { ...topology, stacks } } });
    expect(aws.messagesIn(letters).map((one) => one.id)).toEqual([id]);
  });

  it("only deletes what all targets had got before, and asks where nobody knows whether one has", async () => {
    const id = add(both);
    aws.failsToDelete = () => true;
    expect((await redrive()).result.undeleted).toMatchObject([{ messageId: id }, { messageId: id }]);
    aws.failsToDelete = () => false;
    aws.now += 1_000;
    expect((await redrive()).result.cleared).toMatchObject([{ messageId: id }]);
    expect(bodies(targets.index)).toEqual([both]);

    add(both.replace("both-1", "both-2"));
    aws.fault = ({ action, input }) =>
      action === "SendMessageBatch" && String(input.QueueUrl).endsWith(targets.index)
        ? { kind: "cut-after" }
        : undefined;
    await redrive();
    aws.fault = () => undefined;
    const { planned } = await redrive();
    expect(planned).toMatchObject([
      { fate: { kind: "stays", reason: "in-doubt", again: { to: uploads.replace("--uploads", "--index") } } },
    ]);
    // Nothing more is risked on what may not work at all.
    expect(bodies(targets.uploads)).toEqual([both]);
  });

  it("is content with a letter for each of two deliveries of one event, and gives it once", async () => {
    add(both);
    add(both);
    const { result } = await redrive();
    expect(result.redriven).toHaveLength(4);
    expect(bodies(targets.uploads)).toEqual([both]);
    expect(bodies(letters)).toEqual([]);
  });
});
