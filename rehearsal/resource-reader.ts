import { z } from "zod";
import type { LoadedParts } from "./loaded-parts.js";
import type { RecordedResource } from "./recorded-plan.js";

/** Reads one kind of resource into the parts of its stack. */
export interface ResourceReader {
  /** @returns what is wrong with it, in words */
  readonly read: (inputs: RecordedResource["inputs"], parts: LoadedParts) => string | undefined;
}

/** Properties that people read and delivery does not depend on. */
export const harmless = {
  description: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
};

/**
 * Everything a reader's shape does not name is refused: a property that changes delivery must not be passed
 * over because nobody thought of it.
 */
export function reader<Shape extends z.ZodRawShape>(
  shape: Shape,
  take: (inputs: z.output<z.ZodObject<Shape>>, parts: LoadedParts) => string | undefined,
): ResourceReader {
  const schema = z.strictObject(shape);
  return {
    read: (inputs, parts) => {
      const result = schema.safeParse(inputs);
      if (result.success) return take(result.data, parts);
      return result.error.issues
        .map((issue) =>
          issue.code === "unrecognized_keys"
            ? `the rehearsal does not model ${issue.keys.join(", ")}`
            : `${issue.path.join(".")}: ${issue.message}`,
        )
        .join("; ");
    },
  };
}

/** Adds to the stack's parts; nothing can go wrong once the inputs have been read. */
export function taking<Inputs>(add: (inputs: Inputs, parts: LoadedParts) => void) {
  return (inputs: Inputs, parts: LoadedParts): undefined => {
    add(inputs, parts);
  };
}

export const jsonText = <Value extends z.ZodType>(value: Value): z.ZodType<z.output<Value>> =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue("is not JSON text");
        return z.NEVER;
      }
    })
    .pipe(value);
