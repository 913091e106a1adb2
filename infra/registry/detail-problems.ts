import type { z } from "zod";
import { formatPath } from "./problem.js";

/** In what a detail does not satisfy the schema of its contract: `orderId: Invalid input: expected string, …`. */
export function detailProblems(schema: z.ZodType, detail: unknown): string[] {
  const result = schema.safeParse(detail);
  if (result.success) return [];
  return result.error.issues.map(({ path, message }) => {
    const at = formatPath(path.filter((segment) => typeof segment !== "symbol"));
    return path.length === 0 ? message : `${at}: ${message}`;
  });
}
