import { describe, expect, it } from "vitest";
import { ask, type RoleData } from "../src/index.js";
import { accounts, attacker, policy, region, role, worldOf } from "./delivery-world.js";

/** Roles and keys are guarded by a policy of their own, also inside an account. */

const keyArn = `arn:aws:kms:${region}:${accounts.global}:key/1`;
const powerless = { arn: `arn:aws:iam::${accounts.global}:role/caller`, policies: [] };
const mighty = attacker(accounts.global, "caller");
const stranger = attacker(accounts.orders, "caller");

const root = `arn:aws:iam::${accounts.global}:root`;
const session = `arn:aws:sts::${accounts.global}:assumed-role/caller/one`;

const cases = [
  ["names the caller itself, who needs nothing of its own", powerless.arn, powerless, "allowed"],
  ["names everybody", "*", powerless, "allowed"],
  ["names the account, and the caller may nothing", root, powerless, "denied"],
  ["names the account, and the caller may everything", root, mighty, "allowed"],
  ["names somebody else", `${powerless.arn}-2`, mighty, "denied"],
  ["names a session that may be the caller's", session, powerless, "undecided"],
  [
    "names the caller in another account, who needs both",
    stranger.arn,
    { ...stranger, policies: [] },
    "denied",
  ],
  ["names the caller in another account, who has both", stranger.arn, stranger, "allowed"],
] as const;

describe.each(cases)("a policy that %s", (_name, principal, caller, expected) => {
  const allow = { Effect: "Allow", Principal: principal === "*" ? principal : { AWS: principal } };

  it(`of a role: ${expected}`, () => {
    const guarded: RoleData = { ...role, trustPolicy: policy({ ...allow, Action: "sts:AssumeRole" }) };
    const answer = ask(worldOf({ roles: [guarded] }), {
      may: "call",
      caller,
      action: "sts:AssumeRole",
      on: role.arn,
    });
    expect(answer.outcome).toBe(expected);
  });

  it(`of a key: ${expected}`, () => {
    const keys = [{ arn: keyArn, policy: policy({ ...allow, Action: "kms:*", Resource: "*" }) }];
    const answer = ask(worldOf({ keys }), { may: "call", caller, action: "kms:Decrypt", on: keyArn });
    expect(answer.outcome).toBe(expected);
  });
});
