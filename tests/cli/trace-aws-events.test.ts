import { describe, expect, it } from "vitest";
import { awsEventText, awsIds } from "../fixtures/aws-events-backbone.js";
import { fixtureRegistry, runCli } from "../fixtures/cli.js";

const trace = (event: string, ...args: readonly string[]) =>
  runCli(["trace", "-", "--registry", fixtureRegistry("aws-events"), ...args], { stdin: event });

describe("backbone trace of an event of AWS", () => {
  it("follows it from the default bus of the account that it is of", async () => {
    const { exitCode, stdout } = await trace(awsEventText({ account: awsIds.billing }));
    expect(exitCode).toBe(0);
    expect(stdout).toContain('aws.s3 "Object Created" from billing → billing\n');
    expect(stdout).toContain("✓ AWS puts it on the default bus of billing\n");
    expect(stdout).toContain("✓ rule backbone-forward-billing.default on");
  });

  it("takes the first account that such events come from, where the event does not say whose it is, or the one that is named", async () => {
    const entry =
      '{"Source":"aws.s3","DetailType":"Object Deleted","Detail":{"bucket":{"name":"b"},"object":{"key":"k"}}}';
    expect((await trace(entry)).stdout).toContain("from orders → orders\n");
    const { stdout } = await trace(entry, "--from", "audit");
    expect(stdout).toContain("from audit\n");
    expect(stdout).toContain("nobody receives it");
  });

  it.each([
    {
      name: "an event that somebody has to publish",
      event: '{"Source":"com.example.orders","DetailType":"Order.Created","Detail":{}}',
      says: "--from: say which account publishes it, such as --from orders",
    },
    {
      name: "an event of AWS that nobody has declared",
      event: '{"Source":"aws.ec2","DetailType":"x","Detail":{}}',
      says: "--from: say on whose bus AWS puts it: no contract has source aws.ec2 and detail-type x",
    },
    {
      name: "an event of AWS without a detail",
      event: '{"Source":"aws.s3","DetailType":"Object Created","Detail":"[]"}',
      says: "standard input: its detail is no JSON object",
    },
  ])("asks for what is missing of $name", async ({ event, says }) => {
    const { exitCode, stderr } = await trace(event);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(says);
  });
});
