import { VirtualClock } from "aws-stand-in";
import { beforeAll, describe, expect, it } from "vitest";
import { LocalBackbone, senderOf } from "../../../rehearsal/local/index.js";
import { stageFor } from "../../../rehearsal/local/stages.js";
import { openStage, type Stage } from "../../../rehearsal/stage.js";
import { handler } from "../../fixtures/handled/start-delivery.js";
import { registry } from "../../fixtures/handled/registry.js";
import { registry as subscribers } from "../../fixtures/registries/subscribers.js";
import { changeResource } from "../../fixtures/rehearsed.js";

const containing = (text: string): unknown => expect.stringContaining(text);

const start = "delivery/start-delivery";

/** The stage without one of the emitted resources. */
function without(stage: Stage, stack: string, reference: string): Stage {
  const plan = changeResource(stage.plan, stack, reference, () => undefined);
  expect(plan.stacks.flatMap(({ resources }) => resources)).toHaveLength(
    stage.plan.stacks.flatMap(({ resources }) => resources).length - 1,
  );
  const opened = openStage(stage.registry, stage.environment, plan);
  if (!opened.ok) throw new Error(opened.problems.join("\n"));
  return opened.stage;
}

function played(stage: Stage) {
  const backbone = new LocalBackbone(stage, { clock: new VirtualClock() });
  backbone.handle(start, handler);
  const id = backbone.put(senderOf(stage, "orders"), {
    Source: "com.example.orders",
    DetailType: "Order.Created",
    Detail: JSON.stringify({ orderId: "o-1", total: 5 }),
  });
  return { backbone, id };
}

describe("why a handler does not get an event, where a resource is missing", () => {
  let whole: Stage;
  beforeAll(async () => {
    whole = await stageFor(registry);
  });

  it("is that its queue does not take it: EventBridge writes a letter, and a redrive gives it back", async () => {
    const { backbone, id } = played(without(whole, "delivery", "QueuePolicy delivery--start-delivery"));
    expect(backbone.why(start, id)).toBe("dead letter: the queue does not accept messages of this rule");
    expect(backbone.deadLetters(start)).toMatchObject([
      { id, errorCode: "NO_PERMISSIONS", queue: "backbone-delivery-dead-letters" },
    ]);
    const [queue] = backbone.stage.account("delivery").queues.filter((arn) => arn.endsWith("-dead-letters"));
    expect(backbone.queues.existing(queue ?? "").peek()[0]?.attributes).toMatchObject({
      RULE_ARN: {
        value: containing("rule/backbone-delivery/delivery--start-delivery.0"),
      },
      TARGET_ARN: { value: "arn:aws:sqs:eu-west-1:333333333333:backbone-delivery--start-delivery" },
      ERROR_MESSAGE: { value: "the queue does not accept messages of this rule" },
      RETRY_ATTEMPTS: { value: "0" },
    });
    expect(backbone.redrive(start)).toEqual([id]);
    await backbone.settle();
    expect(backbone.why(start, id)).toBe("done");
    expect(backbone.deadLetters(start)).toEqual([]);
  });

  it("is that the function's role may not take it", async () => {
    const { backbone, id } = played(without(whole, "delivery", "RolePolicy delivery--start-delivery"));
    await backbone.settle();
    expect(backbone.why(start, id)).toBe(
      "queued, and stays there: the function's role may not take messages from the queue",
    );
  });

  it("is that the local bus does not let the forward in", () => {
    const { backbone, id } = played(without(whole, "delivery", "EventBusPolicy local-bus"));
    expect(backbone.why(start, id)).toMatch(
      /^stopped on its way to delivery: the execution role may not put events /,
    );
    expect(backbone.tell(id)).toMatchObject({ reached: ["archive"], deliveries: [] });
  });

  it("is that no rule brings it", () => {
    const { backbone, id } = played(without(whole, "global", "EventTarget forward-delivery"));
    expect(backbone.why(start, id)).toBe(
      "no route: no rule on backbone-global leads to delivery/start-delivery",
    );
  });

  it("is that the role of the function has no policy to publish with", async () => {
    const damaged = without(whole, "delivery", "RolePolicyAttachment delivery--start-delivery");
    const { backbone, id } = played(damaged);
    await backbone.settle();
    expect(backbone.why(start, id)).toMatch(
      /^attempt 2 of 3 in 180 s, after NotPublished: .*AccessDeniedException/s,
    );
    expect(backbone.told()[1]).toMatchObject({ from: start, outcome: "refused at the global bus" });
  });
});

it("tells what other targets were given", async () => {
  const stage = await stageFor(subscribers);
  const backbone = new LocalBackbone(stage, { clock: new VirtualClock() });
  const id = backbone.put(senderOf(stage, "orders"), {
    Source: "com.example.orders",
    DetailType: "Order.Created",
    Detail: JSON.stringify({ orderId: "o-1", total: { amount: 500, currency: "EUR" }, lines: [] }),
  });
  expect(backbone.why("billing/send-invoice", id)).toBe("given to function send-invoice");
  expect(backbone.why(start, id)).toBe("queued");
});
