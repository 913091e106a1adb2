import type { ManagedPolicyData } from "eventbridge-simulator";
import { z } from "zod";
import { arnOf, keyId } from "../arns.js";
import {
  anything,
  attachment,
  described,
  type Inputs,
  jsonText,
  kind,
  named,
  policyText,
  text,
} from "./kind.js";

/** Who may do what: accounts, roles and their policies, keys; and the parameters by which people find things. */
export const accessKinds = {
  providers: kind({
    type: "pulumi:providers:aws",
    arn: undefined,
    shape: {
      region: z.string(),
      allowedAccountIds: jsonText(z.tuple([z.string()])),
      defaultTags: jsonText(z.strictObject({ tags: z.record(z.string(), z.string()) })).optional(),
      assumeRoles: anything,
      skipCredentialsValidation: anything,
      skipRegionValidation: anything,
    },
    part: ({ region, allowedAccountIds: [accountId], defaultTags }, { place, report }) => {
      if (place.accountId !== accountId || place.region !== region) {
        report(
          `points to account ${accountId} in ${region}, but the stack is of account ${place.accountId} in ${place.region}`,
          `let it allow account ${place.accountId} alone, in ${place.region}`,
        );
      }
      return { place: { region, accountId }, tags: defaultTags?.tags ?? {} };
    },
  }),
  roles: kind({
    type: "aws:iam/role:Role",
    arn: (inputs, place) => arnOf.role(place, text(inputs, "name"), pathOf(inputs)),
    shape: {
      name: z.string(),
      path: z.string().default("/"),
      /** ARN of the policy that bounds it. */
      permissionsBoundary: z.string().optional(),
      assumeRolePolicy: policyText,
      inlinePolicies: z
        .array(z.strictObject({ name: z.string().default(""), policy: policyText }))
        .default([]),
      managedPolicyArns: z.array(z.string()).default([]),
      maxSessionDuration: anything,
      forceDetachPolicies: anything,
      ...described,
    },
    part: ({ assumeRolePolicy: trustPolicy, ...role }, { arn }) => {
      const { name, path, permissionsBoundary, inlinePolicies, managedPolicyArns } = role;
      return { arn, name, path, permissionsBoundary, trustPolicy, inlinePolicies, managedPolicyArns };
    },
  }),
  rolePolicies: attachment({
    type: "aws:iam/rolePolicy:RolePolicy",
    owner: "roles",
    words: ["role policy", "role"],
    isOnly: false,
    shape: { name: z.string(), role: z.string(), policy: policyText },
    part: ({ name, role, policy }, { place }) => ({ of: arnOf.role(place, role), name, policy }),
  }),
  rolePolicyAttachments: attachment({
    type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    owner: "roles",
    words: ["attached policy", "role"],
    isOnly: false,
    shape: { role: z.string(), policyArn: z.string() },
    part: ({ role, policyArn }, { place }) => ({ of: arnOf.role(place, role), policyArn }),
  }),
  managedPolicies: kind({
    type: "aws:iam/policy:Policy",
    arn: (inputs, place) => arnOf.policy(place, text(inputs, "name"), pathOf(inputs)),
    shape: { name: z.string(), path: z.string().optional(), policy: policyText, ...described },
    part: ({ policy }, { arn }): ManagedPolicyData => ({ arn, policy }),
  }),
  keys: kind({
    type: "aws:kms/key:Key",
    arn: (inputs, place) => arnOf.key(place, description(inputs)),
    answers: (inputs) => ({ keyId: keyId(description(inputs)) }),
    shape: {
      policy: policyText.optional(),
      enableKeyRotation: z.boolean().default(false),
      isEnabled: z.boolean().default(true),
      keyUsage: z.literal("ENCRYPT_DECRYPT").optional(),
      customerMasterKeySpec: z.literal("SYMMETRIC_DEFAULT").optional(),
      deletionWindowInDays: anything,
      rotationPeriodInDays: anything,
      bypassPolicyLockoutSafetyCheck: anything,
      ...described,
    },
    part: ({ policy, enableKeyRotation: rotates, isEnabled }, { arn, place, report }) => {
      if (!isEnabled) {
        report(`key ${arn} is disabled: what is under it can neither be written nor read`, "enable it");
      }
      return {
        arn,
        policy: policy ?? accountsOwn(arnOf.role(place, "").replace(/role\/$/u, "root")),
        rotates,
      };
    },
  }),
  keyAliases: kind({
    type: "aws:kms/alias:Alias",
    arn: undefined,
    shape: {
      name: z.string().startsWith("alias/", 'does not begin with "alias/", as KMS wants it'),
      targetKeyId: z.string(),
    },
    part: ({ name, targetKeyId }, { keyArn }) => ({
      name,
      keyId: keyArn(targetKeyId)?.replace(/^.*:key\//u, "") ?? targetKeyId,
    }),
  }),
  parameters: kind({
    type: "aws:ssm/parameter:Parameter",
    arn: named(arnOf.parameter),
    shape: {
      name: z.string(),
      type: z.literal("String"),
      insecureValue: z.string().optional(),
      value: z.string().optional(),
      tier: anything,
      dataType: anything,
      overwrite: anything,
      allowedPattern: anything,
      ...described,
    },
    part: ({ name, insecureValue, value = insecureValue ?? "" }) => ({ name, value }),
  }),
};

function pathOf({ path }: Inputs): string | undefined {
  return typeof path === "string" ? path : undefined;
}

/** Stands for what AWS would make up. */
function description({ description: said }: Inputs): string {
  return typeof said === "string" ? said : "";
}

/** The policy that a key gets which says none: the account's own policies decide (KMS, default key policy). */
function accountsOwn(root: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: root }, Action: "kms:*", Resource: "*" }],
  });
}
