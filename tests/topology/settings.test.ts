import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readStackSettings, StackSettingsError, type StackSettings } from "../../infra/topology/index.js";

const deploy = "arn:aws:iam::111111111111:role/deploy";
const rolesMend = `write a list such as [{ roleArn: "${deploy}" }]`;

/** Values as the engine has them: whatever is no text is JSON text. */
function read(values: Readonly<Record<string, unknown>>, secretKeys: readonly string[] = []): StackSettings {
  const texts = Object.entries(values).map(
    ([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)] as const,
  );
  return readStackSettings({
    stack: "orders",
    project: "event-backbone",
    values: Object.fromEntries(texts),
    secretKeys,
  });
}

function problemsOf(values: Readonly<Record<string, unknown>>, secretKeys: readonly string[] = []): string[] {
  try {
    read(values, secretKeys);
  } catch (error) {
    if (!(error instanceof StackSettingsError)) throw error;
    return error.mistakes.flatMap(({ problems }) =>
      problems.map(({ path, message }) => `${path}: ${message}`),
    );
  }
  return [];
}

describe("readStackSettings", () => {
  it("reads account, environment and the roles to assume", () => {
    const assumeRoles = [{ roleArn: deploy, externalId: "x", sessionName: "012" }];
    const values = { "event-backbone:account": "orders", "event-backbone:assumeRoles": assumeRoles };
    expect(read(values)).toEqual({
      account: "orders",
      environment: undefined,
      assumeRoles,
      rolesAreSecret: false,
      encrypted: [],
      warnings: [],
    });
    expect(read({}).assumeRoles).toEqual([]);
  });

  it("takes the project's name for the namespace", () => {
    const values = { "acme:account": "orders" };
    const settings = readStackSettings({ stack: "orders", project: "acme", values, secretKeys: [] });
    expect(settings.account).toBe("orders");
  });

  it.each([
    {
      name: "an account that is no text",
      values: { account: ["orders"] },
      problems: ["event-backbone:account: must be text: the name of an account in the registry"],
    },
    {
      name: "an environment that is empty",
      values: { environment: "" },
      problems: ["event-backbone:environment: must be text: the name of an environment in the registry"],
    },
    {
      name: "a key near none",
      values: { region: "eu-west-1" },
      problems: [
        "event-backbone:region: nothing is called so here; remove it or use one of: account, environment, assumeRoles",
      ],
    },
    {
      name: "unknown keys and values of a role",
      values: { assumeRoles: [{ roleArn: deploy, external: "x", sessionName: 12 }] },
      problems: [
        "event-backbone:assumeRoles[0].sessionName: must be text; put it in quotes in the stack file",
        'event-backbone:assumeRoles[0].external: nothing is called so here; did you mean "externalId"?',
      ],
    },
    {
      name: "roles without an ARN, or with something else for it",
      values: { assumeRoles: [{}, { roleArn: 5 }, { roleArn: "deploy" }] },
      problems: [
        `event-backbone:assumeRoles[0].roleArn: is missing; ${rolesMend}`,
        `event-backbone:assumeRoles[1].roleArn: must be text; ${rolesMend}`,
        `event-backbone:assumeRoles[2].roleArn: is no role ARN; ${rolesMend}`,
      ],
    },
    {
      name: "roles that are no list",
      values: { assumeRoles: deploy },
      problems: [`event-backbone:assumeRoles: must be a list of roles; ${rolesMend}`],
    },
    {
      name: "roles that are no JSON",
      values: { assumeRoles: "[{" },
      problems: [`event-backbone:assumeRoles: must be a list of roles; ${rolesMend}`],
    },
  ])("refuses $name with place and mend", ({ values, problems }) => {
    const own = Object.entries(values).map(([key, value]) => [`event-backbone:${key}`, value] as const);
    expect(problemsOf(Object.fromEntries(own))).toEqual(problems);
  });

  it("refuses every key of its namespace but those it knows", () => {
    const known = ["account", "environment", "assumeRoles"];
    const key = fc.stringMatching(/^[A-Za-z0-9_.-]+$/).filter((name) => !known.includes(name));
    fc.assert(
      fc.property(key, (name) => {
        const [problem] = problemsOf({ "event-backbone:account": "orders", [`event-backbone:${name}`]: "x" });
        expect(problem).toContain("nothing is called so here");
      }),
    );
  });

  it("names each stack and each mistake once, however many stacks share it", () => {
    const problems = [{ path: "event-backbone:acount", message: "nothing is called so here" }];
    const mistakes = ["delivery", "orders"].map((stack) => ({ stack, problems }));
    expect(new StackSettingsError(mistakes).message).toBe(
      'The configuration of stacks "delivery", "orders" cannot be used:\n  event-backbone:acount: nothing is called so here',
    );
  });
});

describe("keys of other namespaces", () => {
  it.each([
    { key: "aws:region", says: "aws:region is not read: the registry says the Region" },
    { key: "aws:profile", says: "set AWS_PROFILE" },
    { key: "aws:assumeRoles", says: "write event-backbone:assumeRoles" },
    { key: "aws:defaultTags", says: "the provider is built from the registry" },
    { key: "awsx:region", says: "the keys of this program begin with event-backbone:" },
    { key: "acme:account", says: "acme:account is not read" },
  ])("cause a warning: $key", ({ key, says }) => {
    const { warnings } = read({ [key]: "anything" });
    expect(warnings).toEqual([expect.stringContaining(says)]);
  });

  it("are left to the engine where they are the engine's", () => {
    expect(read({ "pulumi:disable-default-providers": ["*"] }).warnings).toEqual([]);
  });

  it.each([
    { key: "eventbackbone:account", meant: "event-backbone:account" },
    { key: "event-backbon:assumeRole", meant: "event-backbone:assumeRoles" },
    { key: "Event-Backbone:enviroment", meant: "event-backbone:environment" },
  ])("are mistakes where they look like a misspelt $meant: $key", ({ key, meant }) => {
    expect(problemsOf({ [key]: "x" })).toEqual([
      `${key}: no key is called so here; did you mean "${meant}"?`,
    ]);
  });
});

describe("secrets", () => {
  const secure = { secure: "v1:ciphertext" };

  it("that the engine has decrypted make the roles secret", () => {
    const values = { "event-backbone:assumeRoles": [{ roleArn: deploy, externalId: "hush" }] };
    const settings = read(values, ["event-backbone:assumeRoles"]);
    expect(settings).toMatchObject({
      rolesAreSecret: true,
      encrypted: [],
      assumeRoles: values["event-backbone:assumeRoles"],
    });
  });

  it.each([
    {
      name: "part of a role",
      assumeRoles: [{ roleArn: deploy }, { roleArn: deploy, externalId: secure }],
      shown: [{ roleArn: deploy }, { roleArn: deploy, externalId: "[secret]" }],
      encrypted: ["event-backbone:assumeRoles[1].externalId"],
    },
    {
      name: "a role's ARN",
      assumeRoles: [{ roleArn: secure, sessionName: secure }],
      shown: [{ roleArn: "[secret]", sessionName: "[secret]" }],
      encrypted: ["event-backbone:assumeRoles[0].roleArn", "event-backbone:assumeRoles[0].sessionName"],
    },
    {
      name: "a whole role",
      assumeRoles: [secure],
      shown: [{ roleArn: "[secret]" }],
      encrypted: ["event-backbone:assumeRoles[0]"],
    },
    {
      name: "all roles",
      assumeRoles: secure,
      shown: [{ roleArn: "[secret]" }],
      encrypted: ["event-backbone:assumeRoles"],
    },
  ])("that nobody has decrypted are named and stood in for: $name", ({ assumeRoles, shown, encrypted }) => {
    expect(read({ "event-backbone:assumeRoles": assumeRoles })).toMatchObject({
      assumeRoles: shown,
      rolesAreSecret: true,
      encrypted,
    });
  });

  it("do not hide a mistake beside them", () => {
    const roles = [{ roleArn: "deploy", externalId: secure, external: secure }];
    expect(problemsOf({ "event-backbone:assumeRoles": roles })).toEqual([
      `event-backbone:assumeRoles[0].roleArn: is no role ARN; ${rolesMend}`,
      'event-backbone:assumeRoles[0].external: nothing is called so here; did you mean "externalId"?',
    ]);
  });

  it.each([
    { name: "decrypted", value: "orders", secretKeys: ["event-backbone:account"] },
    { name: "encrypted", value: secure, secretKeys: [] },
  ])("are refused for a name of the registry, $name", ({ value, secretKeys }) => {
    expect(problemsOf({ "event-backbone:account": value }, secretKeys)).toEqual([
      "event-backbone:account: a name of the registry cannot be secret; write it as it is: npx pulumi config set -s orders event-backbone:account <name>",
    ]);
  });

  it("are in no message", () => {
    const secretKeys = ["event-backbone:assumeRoles", "event-backbone:account", "event-backbone:other"];
    const told = problemsOf(
      {
        "event-backbone:assumeRoles": [{ roleArn: "hush", externalId: ["hush"] }, "hush"],
        "event-backbone:account": "hush",
        "event-backbone:other": "hush",
      },
      secretKeys,
    );
    expect(told.length).toBeGreaterThan(4);
    expect(told.join()).not.toContain("hush");
  });
});
