import { describe, expect, it } from "vitest";
import type { RecordedPlan, RecordedResource } from "../../rehearsal/emission/plan-file.js";
import { registry as example } from "../fixtures/registries/every-switch.js";
import { changeInput, changeResource, everyFailure, rehearse } from "../fixtures/rehearsed.js";

const prod = await rehearse(example, "prod");

function input(stack: string, reference: string, name: string): unknown {
  const [type = "", resource = ""] = reference.split(" ");
  return prod.plan.stacks
    .find((one) => one.stack === stack)
    ?.resources.find((one) => one.type.endsWith(`:${type}`) && one.name === resource)?.inputs[name];
}

/** What the proof says of a plan: everything but titles. */
function said(plan: RecordedPlan): string {
  const failures = everyFailure(prod, plan);
  return failures.map(({ problem, mend, evidence }) => [problem, mend, ...evidence].join("\n")).join("\n");
}

function saidOf(stack: string, reference: string, inputs: RecordedResource["inputs"]): string {
  return said(changeInput(prod.plan, stack, reference, inputs));
}

const policyOf = (stack: string, reference: string) => String(input(stack, reference, "policy"));

describe("what is said of a mistake", () => {
  it("does not call a role a stranger whose rule forgot it", () => {
    const forgetful = changeResource(prod.plan, "global", "EventTarget forward-delivery", (resource) => ({
      ...resource,
      inputs: Object.fromEntries(Object.entries(resource.inputs).filter(([name]) => name !== "roleArn")),
    }));
    const text = said(forgetful);
    expect(text).toContain("give the target an execution role");
    expect(text).not.toContain("belongs to no forward");
  });

  it("names the account that a statement is for, and does not want the statement gone", () => {
    const policy = policyOf("delivery", "EventBusPolicy local-bus");
    const elsewhere = policy.replaceAll("arn:aws:iam::111111111111:root", "arn:aws:iam::111111111112:root");
    const text = saidOf("delivery", "EventBusPolicy local-bus", { policy: elsewhere });
    expect(text).toContain("the nearest, statement AllowForwardAndRedrive: it names account 111111111112;");
    expect(text).not.toMatch(/admits somebody|remove what the registry/);
  });

  it("calls a bus's own queue by its name, whatever the bus says", () => {
    const wrong = "arn:aws:sqs:eu-west-1:333333333333:backbone-delivery-dead-letters";
    const text = saidOf("delivery", "EventBus local-bus", { deadLetterConfig: { arn: wrong } });
    expect(text).toContain(`has ${wrong} for what it cannot encrypt`);
    expect(text).toContain(
      "it must be arn:aws:sqs:eu-west-1:333333333333:backbone-delivery-encryption-failures",
    );
    expect(text).not.toContain("SSM parameter");
  });

  it("mends the reason, not the claim: the key of a log group whose own policy is right", () => {
    const policy = policyOf("global", "Key customer-key").replace(
      '"Sid":"AllowLogGroups","Effect":"Allow"',
      '"Sid":"AllowLogGroups","Effect":"Deny"',
    );
    const text = saidOf("global", "Key customer-key", { policy });
    expect(text).toContain("the key's policy must let the service use it for this resource");
    expect(text).toMatch(/; statement AllowLogGroups of \S+:key\/\S+ denies it/);
    expect(text).not.toContain("the log group's policy must allow");
  });

  it("asks AWS only for what the verdict turns on", () => {
    const policy = policyOf("global", "Key customer-key").replace(
      /("Sid":"AllowLogGroups",.*?"Condition":\{)/,
      '$1"StringLike":{"aws:SourceAccount":"1*"},',
    );
    const text = saidOf("global", "Key customer-key", { policy });
    expect(text).toContain("whether the call to KMS carries aws:SourceArn");
    expect(text).not.toContain("the encryption context");
  });
});
