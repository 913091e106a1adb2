import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { describe, expect, it } from "vitest";
import { AwsError } from "../src/index.js";
import { clientOf, open } from "./serving.js";

describe("STS", () => {
  it("says who one is", async () => {
    const { url } = await open({});
    const who = async (key: string) => {
      const { Account, Arn } = await new STSClient(clientOf(url, key)).send(new GetCallerIdentityCommand({}));
      return [Account, Arn];
    };
    const administrator = ["111111111111", "arn:aws:iam::111111111111:user/administrator"];
    expect(await who("111111111111")).toEqual(administrator);
    expect(await who("AKIA111111111111")).toEqual(administrator);
    const orders = ["111111111111", "arn:aws:iam::111111111111:role/orders"];
    expect(await who("orders")).toEqual(orders);
    expect(await who("111111111111:orders")).toEqual(orders);
    await expect(who("somebody")).rejects.toMatchObject({ name: "InvalidClientTokenId" });
  });

  it("gives a key that is the role from then on, whatever is in its path", async () => {
    const { url } = await open({});
    const { Credentials, AssumedRoleUser } = await new STSClient(clientOf(url)).send(
      new AssumeRoleCommand({
        RoleArn: "arn:aws:iam::222222222222:role/ops/redrive",
        RoleSessionName: "me@home",
      }),
    );
    const arn = "arn:aws:sts::222222222222:assumed-role/redrive/me@home";
    expect(AssumedRoleUser?.Arn).toBe(arn);
    expect(Credentials?.Expiration?.getTime()).toBeGreaterThan(Date.now());
    const identity = await new STSClient(clientOf(url, Credentials?.AccessKeyId)).send(
      new GetCallerIdentityCommand({}),
    );
    expect(identity).toMatchObject({ Account: "222222222222", Arn: arn });
  });

  it("gives no role that may not be taken on, and none that is no role", async () => {
    const { url } = await open({
      mayAssume: ({ arn }, role) => {
        throw new AwsError(
          "AccessDenied",
          `User: ${arn} is not authorized to perform: sts:AssumeRole on ${role}`,
          {
            status: 403,
          },
        );
      },
    });
    const assume = (RoleArn: string) =>
      new STSClient(clientOf(url)).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "me" }));
    await expect(assume("arn:aws:iam::222222222222:role/a")).rejects.toMatchObject({ name: "AccessDenied" });
    await expect(assume("arn:aws:iam::222222222222:user/a-person")).rejects.toMatchObject({
      name: "ValidationError",
    });
  });
});
