import { z } from "zod";
import { arnOf, type ProviderPlace, queueUrl } from "./arns.js";
import { kinds } from "./kinds/index.js";
import { jsonText } from "./kinds/kind.js";
import type { RecordedPlan, RecordedResource } from "./plan-file.js";

/**
 * The plan as the program would write it, where AWS takes the same in several ways: a bus by name and not by ARN, or left out
 * for the default bus, a rule's state by `isEnabled` or not at all, an alias's key by id, a function by name, the
 * settings of a queue in any order, the policies of a queue, a topic and a role as resources of their own.
 */
export function inOneSpelling(plan: RecordedPlan): RecordedPlan {
  return {
    ...plan,
    stacks: plan.stacks.map((stack) => ({
      ...stack,
      resources: stack.resources.flatMap((resource) => apart(respelled(resource, stack), stack)),
    })),
  };
}

const onBus: ReadonlySet<string> = new Set([kinds.rules.type, kinds.targets.type, kinds.busPolicies.type]);

/** What names a function, by name or by ARN. */
const functionNames = new Map([
  [kinds.permissions.type, "function"],
  [kinds.mappings.type, "functionName"],
]);

function respelled(resource: RecordedResource, place: ProviderPlace): RecordedResource {
  const { type, inputs } = resource;
  if (onBus.has(type)) {
    const { eventBusName = "default" } = inputs;
    const own = arnOf.bus(place, "");
    if (typeof eventBusName !== "string") return resource;
    const name = eventBusName.startsWith(own) ? eventBusName.slice(own.length) : eventBusName;
    const { isEnabled, state = isEnabled === false ? "DISABLED" : "ENABLED", ...rest } = inputs;
    const said = type === kinds.rules.type ? { ...rest, state } : inputs;
    return { ...resource, inputs: { ...said, eventBusName: name } };
  }
  const named = functionNames.get(type);
  const lambda = named === undefined ? undefined : inputs[named];
  if (named !== undefined && typeof lambda === "string")
    return { ...resource, inputs: { ...inputs, [named]: arnOf.functionNamed(place, lambda) } };
  if (type === kinds.queues.type) return { ...resource, inputs: { ...inputs, ...sorted(inputs) } };
  const { targetKeyId } = inputs;
  if (type !== kinds.keyAliases.type || typeof targetKeyId !== "string") return resource;
  return { ...resource, inputs: { ...inputs, targetKeyId: targetKeyId.replace(/^arn:.*:key\//u, "") } };
}

/** What a queue says of giving up messages, its keys in one order. */
function sorted(inputs: RecordedResource["inputs"]): RecordedResource["inputs"] {
  const said = ["redrivePolicy", "redriveAllowPolicy"].flatMap((name) => {
    const read = settings.safeParse(inputs[name]).data;
    return read === undefined ? [] : [[name, JSON.stringify(read, Object.keys(read).sort())] as const];
  });
  return Object.fromEntries(said);
}

const settings = jsonText(z.record(z.string(), z.json()));

/** What a resource says of its policies, beside it. */
function apart(resource: RecordedResource, place: ProviderPlace): RecordedResource[] {
  const { type, inputs } = resource;
  const { name, policy, inlinePolicies, ...rest } = inputs;
  if (typeof name !== "string") return [resource];
  // A queue's or topic's policy goes with it; IAM takes a role's policies away first.
  const options =
    type === kinds.roles.type ? resource.options : ({ ...resource.options, retainOnDelete: true } as const);
  const beside = (of: string, said: RecordedResource["inputs"]) => ({
    ...resource,
    options,
    type: of,
    inputs: said,
  });
  if (typeof policy === "string" && type === kinds.queues.type) {
    const own = { ...resource, inputs: { name, ...rest } };
    return [own, beside(kinds.queuePolicies.type, { queueUrl: queueUrl(place, name), policy })];
  }
  if (typeof policy === "string" && type === kinds.topics.type) {
    const own = { ...resource, inputs: { name, ...rest } };
    return [own, beside(kinds.topicPolicies.type, { arn: arnOf.topic(place, name), policy })];
  }
  if (!Array.isArray(inlinePolicies) || type !== kinds.roles.type) return [resource];
  const inline = inlinePolicies.flatMap((one) =>
    typeof one === "object" && one !== null && !Array.isArray(one)
      ? [beside(kinds.rolePolicies.type, { role: name, ...one })]
      : [],
  );
  return [{ ...resource, inputs: { name, ...rest } }, ...inline];
}
