import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify as stringifyYaml } from "yaml";
import { runCli } from "../fixtures/cli.js";
import { ids, operateAccounts } from "../fixtures/operated-accounts.js";
import { ProjectCopy } from "../fixtures/project-copy.js";

const accounts = operateAccounts();
const { backbone } = accounts;

describe("an operation", () => {
  it.each([
    { args: ["dead-letters", "global", "--redrive"], says: "--redrive needs --yes" },
    { args: ["dead-letters", "global", "--redrive", "--json"], says: "--redrive needs --yes" },
    { args: ["replay", "--from", "2h", "--to", "1h"], says: "a replay needs --yes" },
    { args: ["dead-letters", "globl"], says: 'did you mean "global"?' },
    { args: ["dead-letters", "global", "--redrive", "--discard", "--yes"], says: "are two things" },
    { args: ["dead-letters", "global", "--discard", "--yes"], says: "--to <file>" },
    { args: ["dead-letters", "global", "--to", "x.jsonl"], says: "add --discard" },
    { args: ["dead-letters", "global", "--discard", "--to", "x.jsonl", "--yes"], says: "say which letters" },
    { args: ["dead-letters", "global", "--also-to", "bill"], says: "leave it out" },
    { args: ["dead-letters", "global", "--reason", "bad"], says: "write one of not-an-event" },
    { args: ["dead-letters", "global", "--contract", "orders/Order.Creatd"], says: "orders/Order.Created" },
    { args: ["dead-letters", "global", "--older-than", "soon"], says: '"soon" is no length of time' },
    {
      args: ["dead-letters", "global", "--queue", "encryption-failures", "--redrive", "--yes"],
      says: "go nowhere by themselves",
    },
    {
      args: ["dead-letters", "global", "--queue", "encryption-failures", "--env", "dev"],
      says: "has no encryption",
    },
    { args: ["dead-letters", "global", "--limit", "0"], says: "write a whole number from 1 on" },
    { args: ["replay", "--from", "yesterday", "--to", "1h", "--yes"], says: '"yesterday" is no time' },
    { args: ["replay", "--from", "1h", "--to", "2h", "--yes"], says: "--from must be before --to" },
    { args: ["replay", "--from", "1h", "--yes"], says: "a replay needs --from and --to" },
    {
      args: ["replay", "--from", "2h", "--to", "1h", "--dry-run", "--contract", "orders/Order.Creatd"],
      says: 'did you mean "orders/Order.Created"?',
    },
    { args: ["replay", "--list", "--from", "2h"], says: "name one of them" },
    { args: ["replay", "--cancel", "one", "--dry-run"], says: "name one of them" },
    {
      args: ["replay", "--from", "2h", "--to", "1h", "--yes", "--to-rule", "pack"],
      says: "say which with --account",
    },
    {
      args: ["replay", "--from", "2h", "--to", "1h", "--yes", "--to-rule", "pack", "--account", "orders"],
      says: 'account "orders" has no archive in prod: add orders to archive.local',
    },
    { args: ["find"], says: "name an event id, --detail key=value, --contract or --source" },
    { args: ["find", "a", "--since", "99999999d"], says: '--since: "99999999d" is too long' },
    { args: ["find", "a", "--since", "2999-01-01T00:00:00Z"], says: "is in the future" },
    { args: ["find", "a", "--account", "deliverry"], says: 'did you mean "delivery"?' },
    { args: ["find", "--contract", "orders/Order.Creatd"], says: 'did you mean "orders/Order.Created"?' },
    { args: ["canary", "--all"], says: "--all needs --yes" },
    { args: ["find", "--detail", "orderId"], says: "is no key=value" },
    { args: ["canary", "--timeout", "soon"], says: '--timeout: "soon" is no length of time' },
  ])("a wrong call exits with 2 and asks AWS nothing: $args", async ({ args, says }) => {
    const { exitCode, stdout, stderr } = await backbone(...args);
    expect(stderr).toContain(says);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(accounts.aws.requests).toEqual([]);
  });

  it("says in one sentence that the credentials are of another account, and exits with 1", async () => {
    const { exitCode, stdout, stderr } = await runCli(["dead-letters", "orders"], {
      env: accounts.aws.environment(ids.delivery),
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toBe(
      'the credentials are of account 333333333333 (arn:aws:iam::333333333333:user/administrator), but "orders" is account 222222222222 in the registry; name others with --profile or in the stack\'s assumeRoles\n',
    );
  });
});
describe("a stack whose roles are encrypted", () => {
  let copy: ProjectCopy;

  beforeAll(async () => {
    copy = await ProjectCopy.create();
    await copy.write(
      "Pulumi.global.yaml",
      stringifyYaml({
        config: {
          "event-backbone:account": "global",
          "event-backbone:assumeRoles": [
            { roleArn: "arn:aws:iam::111111111111:role/deploy", externalId: { secure: "v1:ciphertext" } },
          ],
        },
      }),
    );
  });

  afterAll(async () => {
    await copy.remove();
  });

  it.each([
    { args: ["dead-letters", "global"] },
    { args: ["find", "event-1"] },
    { args: ["replay", "--from", "2h", "--to", "1h", "--dry-run"] },
    { args: ["canary"] },
  ])("needs a profile that leads there by itself: $args", async ({ args }) => {
    const { exitCode, stdout, stderr } = await runCli(args, {
      root: copy.root,
      env: accounts.aws.environment(ids.global),
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toBe(
      'stack "global": event-backbone:assumeRoles[0].externalId is encrypted, and this command cannot decrypt; use --profile with a profile that is of account "global" (111111111111) by itself, as the stack\'s roles are then left out\n',
    );
    expect(accounts.aws.requests).toEqual([]);
  });

  it("is opened by that profile alone", async () => {
    accounts.aws.createQueue("backbone-global-dead-letters");
    const { exitCode, stderr } = await runCli(["dead-letters", "global", "--profile", "prod-{account}"], {
      root: copy.root,
      env: accounts.env(),
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(accounts.aws.requestsOf("AssumeRole")).toEqual([]);
  });

  it("asks nothing of those who open other accounts", async () => {
    accounts.aws.createQueue("backbone-delivery-dead-letters");
    const { exitCode } = await runCli(["dead-letters", "delivery"], {
      root: copy.root,
      env: accounts.aws.environment(ids.delivery),
    });
    expect(exitCode).toBe(0);
  });
});
