import { beforeEach, describe, expect, it } from "vitest";
import {
  awsEventText,
  awsForwardAttributes,
  awsIds,
  deployAwsRules,
} from "../fixtures/aws-events-backbone.js";
import { fixtureRegistry, runCli } from "../fixtures/cli.js";
import { operateAccounts } from "../fixtures/operated-accounts.js";
import type { OperatedAws } from "../fixtures/operated-aws.js";
import { newStateFolder } from "../fixtures/redrive-run.js";

const letters = "backbone-orders-dead-letters";
const target = "backbone-billing--uploads";

const accounts = operateAccounts(awsIds);
let state: string;
let aws: OperatedAws;

beforeEach(() => {
  state = newStateFolder();
  aws = accounts.aws;
  deployAwsRules(aws);
  for (const name of [letters, target]) aws.createQueue(name);
});

const deadLetters = (...args: readonly string[]) =>
  runCli(
    ["dead-letters", ...args, "--registry", fixtureRegistry("aws-events"), "--profile", "prod-{account}"],
    { env: { ...accounts.env(), EVENT_BACKBONE_STATE: state } },
  );

const add = (body = awsEventText()) =>
  aws.addMessage(letters, body, awsForwardAttributes("orders", "billing"), new Date());

/** A consumer's own rule on the bus that lacks the event. */
const addConsumer = () => {
  const own = aws.rules.get("backbone-billing") ?? [];
  aws.rules.set("backbone-billing", [
    ...own,
    { name: "invoice", state: "ENABLED", eventPattern: '{"source":["aws.s3"]}' },
  ]);
};

describe("backbone dead-letters about events of AWS", () => {
  it("gives the event to the subscription's target, and says what of the bus will never have it", async () => {
    add();
    const { exitCode, stdout, stderr } = await deadLetters("orders", "--redrive", "--yes");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain(`1 event in 1 letter to ${target}`);
    expect(stdout).toContain("so these go past the bus that lacks them, by the redrive role of its account");
    expect(stdout).not.toContain("Nothing is put on a bus");
    expect(stdout).toContain("1 sent and deleted, 0 sent before");
    expect(aws.messagesIn(target).map(({ body }) => body)).toEqual([awsEventText()]);
    expect(aws.messagesIn(letters)).toEqual([]);
    expect(aws.requestsOf("PutEvents")).toEqual([]);
  });

  it("keeps it while a consumer of the bus would go without, until that is agreed to by name", async () => {
    addConsumer();
    add();
    const refused = await deadLetters("orders", "--redrive", "--yes");
    expect(refused.exitCode).toBe(1);
    expect(refused.stdout).toContain(
      "these rules of the bus that lacks it would take it, too, and go without",
    );
    expect(refused.stdout).toContain("invoice");
    expect(refused.stdout).toContain("then: name each rule that goes without: --without <rule>");
    expect(aws.messagesIn(target)).toEqual([]);
    const agreed = await deadLetters("orders", "--redrive", "--yes", "--without", "invoice");
    expect(agreed.exitCode).toBe(0);
    expect(agreed.stdout).toContain(`1 event in 1 letter to ${target}; invoice will go without, as agreed`);
    expect(aws.messagesIn(target)).toHaveLength(1);
    expect(aws.messagesIn(letters)).toEqual([]);
  });

  it("refuses where no subscription takes it, and says what to do instead", async () => {
    add(awsEventText({ detail: '{"bucket":{"name":"uploads"},"object":{"key":"1.pdf"}}' }));
    const { exitCode, stdout } = await deadLetters("orders", "--redrive", "--yes");
    expect(exitCode).toBe(1);
    expect(stdout).toContain("nobody can put it on a bus again");
    expect(stdout).toContain("then: look up what has happened where it comes from");
    expect(stdout).toContain(
      "npx backbone dead-letters orders --reason no-way-back --discard --to orders-no-way-back.jsonl",
    );
    expect(aws.messagesIn(letters)).toHaveLength(1);
    const discarded = await deadLetters(
      ...["orders", "--reason", "no-way-back", "--discard", "--yes", "--to", `${state}/letters.jsonl`],
    );
    expect(discarded.exitCode).toBe(0);
    expect(aws.messagesIn(letters)).toEqual([]);
  });

  it("leaves it where the redrive role of the receiver cannot be taken on, and lists without any", async () => {
    add();
    aws.closedRoles.add(`arn:aws:iam::${awsIds.billing}:role/backbone-redrive-billing`);
    const listed = await deadLetters("orders", "--json");
    expect(JSON.parse(listed.stdout)).toMatchObject({
      letters: [{ goesTo: `arn:aws:sqs:eu-west-1:${awsIds.billing}:${target}`, alsoGoesTo: [], without: [] }],
    });
    const { exitCode, stdout } = await deadLetters("orders", "--redrive", "--yes");
    expect(exitCode).toBe(1);
    expect(stdout).toContain("only the redrive role of the account that lacks it may give to its targets");
    expect(aws.messagesIn(letters)).toHaveLength(1);
  });

  it("misses the rules on the default bus that are ours, and those alone", async () => {
    aws.rules.set(`arn:aws:events:eu-west-1:${awsIds.orders}:event-bus/default`, [
      { name: "theirs", state: "DISABLED", eventPattern: '{"source":["aws.s3"]}' },
      { name: "backbone-forward-orders.default", state: "ENABLED", eventPattern: "{}" },
    ]);
    const { stdout } = await deadLetters("orders");
    expect(stdout).toContain(
      "rule backbone-forward-billing.default is not on default: npx pulumi up --refresh -s orders",
    );
    expect(stdout).toContain("refused by a rule's target in billing: npx backbone dead-letters billing");
    expect(stdout).not.toContain("theirs");
    aws.createQueue("backbone-global-dead-letters");
    expect((await deadLetters("global")).stdout).toContain(
      "rules: ours on default are enabled, those of the plan among them",
    );
  });

  it("takes --without for nothing but such letters", async () => {
    const args = ["audit", "--queue", "watch/everything", "--without", "x"];
    const { exitCode, stderr } = await deadLetters(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      '--without: no rule of "audit" forwards events of AWS whose letters would be in watch/everything',
    );
  });
});
