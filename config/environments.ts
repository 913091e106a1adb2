import { defineEnvironments } from "../infra/registry/index.js";
import { accounts } from "./accounts.js";

export const environments = defineEnvironments(accounts, {
  prod: {
    region: "eu-west-1",
    accountIds: {
      global: "111111111111",
      orders: "222222222222",
      delivery: "333333333333",
    },
    prefix: "backbone",
    organizationId: "o-example0000",
    protect: true,
    logRetentionDays: 30,
    archive: { retentionDays: 90, local: { delivery: 30 } },
    alarms: { emails: ["backbone-on-call@example.com"] },
    auditTrail: {
      retentionDays: 365,
      deployRoleArn: "arn:aws:iam::111111111111:role/backbone-deploy",
    },
  },
  dev: {
    region: "eu-west-1",
    accountIds: "999999999999",
    prefix: "backbone-dev",
    protect: false,
    logRetentionDays: 3,
    archive: { retentionDays: 1 },
    alarms: {},
  },
});
