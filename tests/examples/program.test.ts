import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { registry } from "../../config/index.js";
import { deployStack } from "../../infra/program.js";
import { parseRegistry } from "../../infra/registry/index.js";
import { planStack } from "../../infra/topology/index.js";

it("the forward to delivery targets its local bus, with the forward's own role", async () => {
  const made = new Map<string, object>();
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }: { type: string; name: string; inputs: object }) => {
      made.set(`${type} ${name}`, inputs);
      return { id: name, state: { ...inputs, arn: `${type} ${name}` } };
    },
    call: () => ({}),
  });
  deployStack(planStack(parseRegistry(registry), { account: "global", environment: "prod" }));
  await pulumi.runtime.disconnect();
  expect(made.get("aws:cloudwatch/eventTarget:EventTarget forward-delivery")).toMatchObject({
    arn: "arn:aws:events:eu-west-1:333333333333:event-bus/backbone-delivery",
    roleArn: "aws:iam/role:Role forward-delivery",
  });
});
