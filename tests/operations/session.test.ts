import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openSession, type AccountRef } from "../../operations/aws/session.js";
import { OperatedAws } from "../fixtures/operated-aws.js";

const orders: AccountRef = {
  account: "orders",
  accountId: "222222222222",
  region: "eu-west-1",
  assumeRoles: [],
};

let aws: OperatedAws;

beforeEach(async () => {
  aws = new OperatedAws();
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
    expect(session.callerArn).toBe("arn:aws:sts::222222222222:assumed-role/deploy/me");
    const calls = aws.requestsOf("AssumeRole").map(({ caller, input }) => [caller, input.RoleArn]);
    expect(calls).toEqual([
      ["arn:aws:iam::888888888888:user/administrator", "arn:aws:iam::888888888888:role/gate"],
      ["arn:aws:sts::888888888888:assumed-role/gate/event-backbone", "arn:aws:iam::222222222222:role/deploy"],
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
      says: 'may not take on arn:aws:iam::222222222222:role/deploy in account "orders" (222222222222): arn:aws:iam::222222222222:user/administrator is not authorized to perform sts:AssumeRole',
    },
    {
      name: "of a Region that may not be enabled",
      prepare: () => {
        signInTo("222222222222");
        aws.fault = () => ({ kind: "error", status: 403, type: "InvalidClientTokenId", message: "unknown" });
      },
      ref: orders,
      says: "or the Region is not enabled in that account",
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

  describe("by a profile", () => {
    let folder: string;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "event-backbone-profiles-"));
      const keys = (id: string) => `aws_access_key_id = AKIA${id}\naws_secret_access_key = secret\n`;
      await writeFile(
        join(folder, "credentials"),
        `[prod-orders]\n${keys("222222222222")}[id-222222222222]\n${keys("222222222222")}`,
      );
      await writeFile(
        join(folder, "config"),
        "[profile mfa]\nrole_arn = arn:aws:iam::222222222222:role/operator\nsource_profile = prod-orders\nmfa_serial = arn:aws:iam::222222222222:mfa/me\n",
      );
      signInTo("888888888888");
      vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", join(folder, "credentials"));
      vi.stubEnv("AWS_CONFIG_FILE", join(folder, "config"));
    });

    afterEach(async () => {
      await rm(folder, { recursive: true, force: true });
    });

    it.each(["prod-{account}", "id-{accountId}"])(
      "%s is in the account already: no role is taken on",
      async (profile) => {
        const ref = { ...orders, assumeRoles: [{ roleArn: "arn:aws:iam::222222222222:role/deploy" }] };
        const session = await openSession(ref, { profile });
        expect(session.callerArn).toBe("arn:aws:iam::222222222222:user/administrator");
        expect(aws.requestsOf("AssumeRole")).toEqual([]);
      },
    );

    it("that wants an MFA code says what to do, as nobody is asked for one", async () => {
      await expect(openSession(orders, { profile: "mfa" })).rejects.toThrow(
        /wants an MFA code, for which this command does not ask: .*aws sts assume-role/,
      );
    });
  });

  it("knows by how much AWS's clock is ahead", async () => {
    signInTo("222222222222");
    aws.clockSkew = 3_600_000;
    const { clockSkew } = await openSession(orders);
    expect(Math.abs(clockSkew - 3_600_000)).toBeLessThan(10_000);
  });
});
