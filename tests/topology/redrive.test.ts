import { describe, expect, it } from "vitest";
import { editedAll, removed } from "../fixtures/edit.js";
import { generateRegistry } from "../fixtures/generate-registry.js";
import { shopRegistry } from "../fixtures/shop-registry.js";
import { backboneOf, memberOf, topologyOf } from "../fixtures/topologies.js";

const prod = topologyOf(shopRegistry, "prod");
const seeAndPut = ["events:DescribeEventBus", "events:PutEvents"];

function putting(statements: readonly { readonly Action: unknown }[]) {
  return statements.filter(({ Action }) => JSON.stringify(Action).includes("events:PutEvents"));
}

describe("a redrive role", () => {
  it("of a member may put events on its own local bus only", () => {
    expect(putting(memberOf(prod, "orders").redrive.policy.Statement)).toEqual([
      {
        Sid: "PutEventsOnLocalBus",
        Effect: "Allow",
        Action: seeAndPut,
        Resource: "arn:aws:events:eu-west-1:222222222222:event-bus/backbone-orders",
      },
    ]);
  });

  it("of the backbone reaches what is named like a local bus inside the organisation, never the global bus", () => {
    expect(putting(backboneOf(prod).redrive.policy.Statement)).toEqual([
      {
        Sid: "PutEventsOnLocalBuses",
        Effect: "Allow",
        Action: seeAndPut,
        Resource: "arn:aws:events:eu-west-1:*:event-bus/backbone-*",
        Condition: { StringEquals: { "aws:ResourceOrgID": "o-abcde12345" } },
      },
      {
        Sid: "NeverOnGlobalBus",
        Effect: "Deny",
        Action: seeAndPut,
        Resource: "arn:aws:events:eu-west-1:111111111111:event-bus/backbone-global",
      },
    ]);
  });

  it("of the backbone stays inside the one AWS account where accounts share it", () => {
    expect(putting(backboneOf(topologyOf(shopRegistry, "dev")).redrive.policy.Statement)[0]).toEqual({
      Sid: "PutEventsOnLocalBuses",
      Effect: "Allow",
      Action: seeAndPut,
      Resource: "arn:aws:events:eu-west-1:999999999999:event-bus/backbone-dev-*",
    });
  });

  it("of the backbone is as large for a thousand members as for one", () => {
    const sizes = [1, 1_000].map((members) => {
      const { policy } = backboneOf(topologyOf(generateRegistry({ members }), "prod")).redrive;
      return JSON.stringify(policy).length;
    });
    expect(sizes[1]).toBe(sizes[0]);
  });

  it("trusts its own account and may take messages from its own queue, and no more", () => {
    for (const { redrive, accountId, deadLetterQueue } of prod.stacks.values()) {
      expect(redrive.trustPolicy.Statement).toEqual([
        {
          Sid: "TrustOwnAccount",
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${accountId}:root` },
          Action: "sts:AssumeRole",
        },
      ]);
      expect(redrive.policy.Statement[0]).toEqual({
        Sid: "TakeDeadLetters",
        Effect: "Allow",
        Action: [
          "sqs:ChangeMessageVisibility",
          "sqs:DeleteMessage",
          "sqs:GetQueueAttributes",
          "sqs:ReceiveMessage",
        ],
        Resource: deadLetterQueue.arn,
      });
    }
  });

  it("names no organisation where the environment has none", () => {
    const alone = editedAll(shopRegistry, [[["environments", "prod", "organizationId"], removed]]);
    expect(JSON.stringify(backboneOf(topologyOf(alone, "prod")).redrive)).not.toContain("ResourceOrgID");
  });
});
