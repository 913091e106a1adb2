import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openSession, type AccountRef } from "../../operations/aws/session.js";
import { FakeAws } from "../fixtures/fake-aws.js";

const orders: AccountRef = {
  account: "orders",
  accountId: "222222222222",
  region: "eu-west-1",
  assumeRoles: [],
};

let aws: FakeAws;

beforeEach(async () => {
  aws = new FakeAws();
  await aws.start();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await aws.stop();
});

function signInTo(accountId: string): void {
  for (const [name, value] of Object.entries(aws.environment(accountId))) vi.stubEnv(name, value);
}

describe("opening an account", () => {
  it("takes the default chain, and knows who it is", async () => {
    signInTo("222222222222");
    const session = await openSession(orders);
    expect(session.callerArn).toBe("arn:aws:iam::222222222222:user/administrator");
  });

  it("takes on the stack's roles, first to last", async () => {
    signInTo("888888888888");
    const session = await openSession({
      ...orders,
      assumeRoles: [
        { roleArn: "arn:aws:iam::888888888888:role/gate" },
        { roleArn: "arn:aws:iam::222222222222:role/deploy", externalId: "backbone", sessionName: "me" },
      ],
    });
    expect(session.callerArn).toBe("arn:aws:sts::222222222222:assumed-role/deploy/session");
    const calls = aws.requestsOf("AssumeRole").map(({ caller, input }) => [caller, input.RoleArn]);
    expect(calls).toEqual([
      ["arn:aws:iam::888888888888:user/administrator", "arn:aws:iam::888888888888:role/gate"],
      ["arn:aws:sts::888888888888:assumed-role/gate/session", "arn:aws:iam::222222222222:role/deploy"],
    ]);
    expect(aws.requestsOf("AssumeRole")[1]?.input).toMatchObject({
      ExternalId: "backbone",
      RoleSessionName: "me",
    });
  });

  it.each([
    {
      name: "of another account",
      prepare: () => {
        signInTo("333333333333");
      },
      ref: orders,
      says: 'the credentials are of account 333333333333 (arn:aws:iam::333333333333:user/administrator), but "orders" is account 222222222222 in the registry',
    },
    {
      name: "that are expired",
      prepare: () => {
        signInTo("222222222222");
        aws.fault = () => ({ kind: "error", status: 403, type: "ExpiredToken", message: "it is over" });
      },
      ref: orders,
      says: 'the credentials for account "orders" (222222222222) cannot be used to find out whose credentials they are: it is over; sign in again',
    },
    {
      name: "whose role may not be taken on",
      prepare: () => {
        signInTo("222222222222");
        aws.closedRoles.add("arn:aws:iam::222222222222:role/deploy");
      },
      ref: { ...orders, assumeRoles: [{ roleArn: "arn:aws:iam::222222222222:role/deploy" }] },
      says: "is not authorized to perform sts:AssumeRole",
    },
    {
      name: "that are not there",
      prepare: () => {
        signInTo("222222222222");
        vi.stubEnv("AWS_ACCESS_KEY_ID", "");
      },
      ref: orders,
      says: 'the credentials for account "orders" (222222222222) cannot be used',
    },
  ])("says in one sentence what is wrong with credentials $name", async ({ prepare, ref, says }) => {
    prepare();
    const opening = openSession(ref, { retryDelay: 1 });
    await expect(opening).rejects.toThrow(says);
    await expect(opening).rejects.toMatchObject({ name: "OperationError" });
  });
});
