import type { z } from "zod";
import { type ContractSchema, contractSchema } from "../filters/schema.js";
import { detailProblems } from "../problem.js";

/** What the details of a contract's events must be, whatever it was written with. */
export interface DetailSchema {
  /**
   * In what a detail does not satisfy it, such as `orderId: …`; nothing if it does.
   * @throws Error if the schema cannot answer at once
   */
  readonly problemsOf: (detail: unknown) => readonly string[];
  /** What a publisher may write into a detail, for the judge of filters. */
  readonly asRead: () => ContractSchema | "unreadable";
  /** Files of its own that it is written in, with all that they refer to; none of what is written in the registry. */
  readonly files: readonly string[];
}

export function zodDetail(schema: z.ZodType): DetailSchema {
  return {
    problemsOf: (detail) => detailProblems(schema, detail),
    asRead: () => contractSchema(schema),
    files: [],
  };
}
