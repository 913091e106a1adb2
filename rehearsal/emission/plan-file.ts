import { z } from "zod";

/**
 * What `backbone plan --json` prints: the emitted resources of every stack of one environment, as the
 * engine would receive them. Policies and patterns are JSON text, as AWS gets them.
 */
const recordedResource = z.object({
  /** Pulumi type token, such as `aws:cloudwatch/eventRule:EventRule`. */
  type: z.string(),
  /** Logical name. */
  name: z.string(),
  /** `<type>::<name>` of the component it belongs to. */
  parent: z.string().optional(),
  inputs: z.record(z.string(), z.json()),
  options: z.object({
    protect: z.boolean(),
    deleteBeforeReplace: z.boolean(),
    /** `<type>::<name>` of each resource it waits for, beyond what its inputs refer to. */
    dependsOn: z.array(z.string()),
    /** There where AWS is left to delete it with what it belongs to. */
    retainOnDelete: z.literal(true).optional(),
    /** The resource is replaced when this changes; components have none. */
    replacementTrigger: z.string().optional(),
  }),
});

export const recordedStack = z.object({
  stack: z.string(),
  account: z.string(),
  accountId: z.string(),
  region: z.string(),
  resources: z.array(recordedResource),
  outputs: z.record(z.string(), z.json()),
});

export const recordedPlan = z.object({
  environment: z.string(),
  organizationId: z.string().optional(),
  stacks: z.array(recordedStack),
});

export type RecordedResource = z.infer<typeof recordedResource>;
export type RecordedStack = z.infer<typeof recordedStack>;
export type RecordedPlan = z.infer<typeof recordedPlan>;

/** How a resource is named inside its stack. */
export function resourceReference({ type, name }: Pick<RecordedResource, "type" | "name">): string {
  return `${type}::${name}`;
}
