import type { z } from "zod";
import { formatPath } from "./problem.js";

/** In what a detail does not satisfy the schema of its contract: `orderId: expected string, received undefined`. */
export function detailProblems(schema: z.ZodType, detail: unknown): string[] {
  const result = schema.safeParse(detail);
  if (result.success) return [];
  return result.error.issues.map(({ path, message }) => {
    const at = formatPath(path.filter((segment) => typeof segment !== "symbol"));
    const problem = message.replace(/^Invalid input: /, "");
    return path.length === 0 ? problem : `${at}: ${problem}`;
  });
}
