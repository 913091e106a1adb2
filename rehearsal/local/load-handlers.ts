import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Subscription } from "../../infra/registry/index.js";
import type { Handler } from "./invoke.js";

/** What is wrong with handlers. */
export class HandlersError extends Error {
  override readonly name = "HandlersError";

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(["Handlers cannot be used:", ...problems.map((one) => `  ${one}`)].join("\n"), options);
  }
}

/**
 * Loads the modules of subscriptions' handlers, as they are: breakpoints in them work.
 * @param root folder from which their paths are
 * @returns handlers by the subscription's key
 * @throws HandlersError with everything that is wrong with any of them
 */
export async function loadHandlers(
  root: string,
  subscriptions: readonly Subscription[],
): Promise<ReadonlyMap<string, Handler>> {
  const problems: { readonly says: string; readonly cause?: unknown }[] = [];
  const loaded = await Promise.all(
    subscriptions.map(async ({ key, target }) => {
      if (target.kind !== "madeFunction") return [];
      const found = await load(root, target.handler);
      if (typeof found === "function") return [[key, found] as const];
      problems.push({ ...found, says: `${key}: ${found.says}` });
      return [];
    }),
  );
  const [first] = problems;
  if (first !== undefined)
    throw new HandlersError(
      problems.map(({ says }) => says),
      { cause: first.cause },
    );
  return new Map(loaded.flat());
}

async function load(
  root: string,
  path: string,
): Promise<Handler | { readonly says: string; readonly cause?: unknown }> {
  const file = join(root, path);
  if (!existsSync(file))
    return { says: `${path}: there is no such file; write it, or mend the path in the subscription` };
  let module: unknown;
  try {
    module = await import(/* @vite-ignore */ pathToFileURL(file).href);
  } catch (cause) {
    return {
      says: `${path} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    };
  }
  const names = typeof module === "object" && module !== null ? Object.keys(module).sort() : [];
  const handler: unknown = names.includes("handler") ? Reflect.get(Object(module), "handler") : undefined;
  if (isHandler(handler)) return handler;
  const exported = names.length === 0 ? "" : ` (it exports ${names.join(", ")})`;
  return {
    says: `${path}: exports no function "handler"; write: export const handler = consume(…)${exported}`,
  };
}

function isHandler(value: unknown): value is Handler {
  return typeof value === "function";
}
