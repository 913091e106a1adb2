import {
  CancelReplayCommand,
  DescribeArchiveCommand,
  DescribeEventBusCommand,
  DescribeReplayCommand,
  EventBridgeClient,
  ListReplaysCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  StartReplayCommand,
} from "@aws-sdk/client-eventbridge";
import { ListSubscriptionsByTopicCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { describe, expect, it } from "vitest";
import {
  Archives,
  type ArchivesOptions,
  type Bus,
  type PublishedMessage,
  VirtualClock,
} from "../src/index.js";
import { clientOf, open } from "./serving.js";

const busArn = "arn:aws:events:eu-west-1:111111111111:event-bus/backbone";
const targets = ["a", "b", "c"].map((id) => ({ id, arn: `arn:aws:sqs:eu-west-1:111111111111:${id}` }));
const bus: Bus = {
  arn: busArn,
  policy: "{}",
  rules: ["log", "forward-a", "forward-b"].map((name) => ({ name, state: "ENABLED", targets })),
};

describe("buses", () => {
  const openBuses = async () => {
    const { url } = await open({ bus: (arn) => (arn === busArn ? bus : undefined), pageSize: 2 });
    return new EventBridgeClient(clientOf(url));
  };

  it("are described by ARN and by name", async () => {
    const client = await openBuses();
    for (const Name of [busArn, "backbone"]) {
      expect(await client.send(new DescribeEventBusCommand({ Name }))).toMatchObject({
        Arn: busArn,
        Name: "backbone",
      });
    }
    await expect(client.send(new DescribeEventBusCommand({ Name: "other" }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Event bus other does not exist.",
    });
  });

  it("list their rules and the rules' targets, page by page", async () => {
    const client = await openBuses();
    const EventBusName = "backbone";
    const first = await client.send(new ListRulesCommand({ EventBusName }));
    expect(first.Rules).toMatchObject([
      { Name: "log", Arn: "arn:aws:events:eu-west-1:111111111111:rule/backbone/log", State: "ENABLED" },
      { Name: "forward-a" },
    ]);
    const second = await client.send(new ListRulesCommand({ EventBusName, NextToken: first.NextToken }));
    expect(second).toMatchObject({ Rules: [{ Name: "forward-b" }] });
    expect(second.NextToken).toBeUndefined();
    const filtered = await client.send(
      new ListRulesCommand({ EventBusName, NamePrefix: "forward", Limit: 1 }),
    );
    expect(filtered).toMatchObject({ Rules: [{ Name: "forward-a" }], NextToken: "1" });
    const listed = await client.send(new ListTargetsByRuleCommand({ EventBusName, Rule: "log" }));
    expect(listed).toMatchObject({
      Targets: [{ Id: "a", Arn: targets[0]?.arn }, { Id: "b" }],
      NextToken: "2",
    });
    await expect(
      client.send(new ListTargetsByRuleCommand({ EventBusName, Rule: "none" })),
    ).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});

describe("replays", () => {
  const archiveArn = "arn:aws:events:eu-west-1:111111111111:archive/backbone";
  const from = new Date("2026-01-01T10:00:00Z");
  const until = new Date("2026-01-01T11:00:00.500Z");
  const start = (ReplayName: string, Arn = busArn) =>
    new StartReplayCommand({
      ReplayName,
      EventSourceArn: archiveArn,
      EventStartTime: from,
      EventEndTime: until,
      Destination: { Arn, FilterArns: ["a-rule"] },
    });

  const openArchives = async (options: ArchivesOptions = {}) => {
    const archives = new Archives({ clock: new VirtualClock(), ...options });
    archives.put({ arn: archiveArn, busArn, retentionDays: 30, eventCount: 7 });
    const { url } = await open({ archives });
    return new EventBridgeClient(clientOf(url));
  };

  it("are of an archive, which says what it keeps", async () => {
    const client = await openArchives();
    expect(await client.send(new DescribeArchiveCommand({ ArchiveName: "backbone" }))).toMatchObject({
      ArchiveArn: archiveArn,
      State: "ENABLED",
      RetentionDays: 30,
      EventCount: 7,
      CreationTime: new Date("2026-01-01T12:00:00Z"),
    });
    await expect(client.send(new DescribeArchiveCommand({ ArchiveName: "other" }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });

  it("run when they are looked at, once, and say how far they came", async () => {
    const asked: unknown[] = [];
    const client = await openArchives({
      replay: (request) => {
        asked.push(request);
        return request.from + 500;
      },
    });
    await client.send(start("one"));
    const look = () => client.send(new DescribeReplayCommand({ ReplayName: "one" }));
    const before = await look();
    expect([before.State, before.EventLastReplayedTime]).toEqual(["STARTING", undefined]);
    expect(asked).toEqual([]);
    const reached = new Date("2026-01-01T10:00:00.500Z");
    expect(await look()).toMatchObject({
      State: "RUNNING",
      EventLastReplayedTime: reached,
      EventEndTime: until,
    });
    expect(await look()).toMatchObject({ State: "COMPLETED" });
    expect(await look()).toMatchObject({ State: "COMPLETED" });
    expect(asked).toMatchObject([{ archiveArn, ruleArns: ["a-rule"], until: until.getTime() }]);
    const { Replays } = await client.send(new ListReplaysCommand({ EventSourceArn: archiveArn }));
    expect(Replays).toMatchObject([{ ReplayName: "one", State: "COMPLETED", EventSourceArn: archiveArn }]);
    expect((await client.send(new ListReplaysCommand({ EventSourceArn: "other" }))).Replays).toEqual([]);
  });

  it("are cancelled while they run, and not after", async () => {
    const client = await openArchives();
    await client.send(start("one"));
    const cancel = () => client.send(new CancelReplayCommand({ ReplayName: "one" }));
    expect(await cancel()).toMatchObject({ State: "CANCELLING" });
    const look = () => client.send(new DescribeReplayCommand({ ReplayName: "one" }));
    await look();
    expect(await look()).toMatchObject({ State: "CANCELLED" });
    await expect(cancel()).rejects.toMatchObject({ name: "IllegalStatusException" });
  });

  it("have a name of their own, go to the archive's bus, and are ten at a time", async () => {
    const client = await openArchives();
    await client.send(start("one"));
    await expect(client.send(start("one"))).rejects.toMatchObject({ name: "ResourceAlreadyExistsException" });
    await expect(client.send(start("elsewhere", `${busArn}-2`))).rejects.toMatchObject({
      name: "ValidationException",
    });
    for (let number = 2; number <= 10; number += 1) await client.send(start(`${number}`));
    await expect(client.send(start("eleven"))).rejects.toMatchObject({ name: "LimitExceededException" });
  });
});

describe("topics", () => {
  it("say who listens, page by page, and take messages", async () => {
    const published: PublishedMessage[] = [];
    const topicArn = "arn:aws:sns:eu-west-1:111111111111:alarms";
    const listeners = ["a", "b", "c"].map((name) => ({
      arn: `${topicArn}:${name}`,
      protocol: "email",
      endpoint: `${name}@example.com`,
    }));
    const { url } = await open({
      pageSize: 2,
      topics: {
        subscriptions: (arn) => (arn === topicArn ? listeners : undefined),
        publish: (message) => `message-${published.push(message)}`,
      },
    });
    const client = new SNSClient(clientOf(url));
    const first = await client.send(new ListSubscriptionsByTopicCommand({ TopicArn: topicArn }));
    expect(first.Subscriptions).toMatchObject([{ Endpoint: "a@example.com" }, { Endpoint: "b@example.com" }]);
    const second = await client.send(
      new ListSubscriptionsByTopicCommand({ TopicArn: topicArn, NextToken: first.NextToken }),
    );
    expect(second.Subscriptions).toMatchObject([{ Endpoint: "c@example.com" }]);
    expect(second.NextToken).toBeUndefined();
    const message = new PublishCommand({ TopicArn: topicArn, Subject: "a test", Message: "<& hello" });
    expect(await client.send(message)).toMatchObject({ MessageId: "message-1" });
    expect(published).toEqual([{ topicArn, subject: "a test", message: "<& hello" }]);
    await expect(client.send(new PublishCommand({ TopicArn: "other", Message: "a" }))).rejects.toMatchObject({
      name: "NotFoundException",
    });
  });
});
