import { currentScope } from "./runtime.js";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Writes one line of JSON with what is being handled: id, correlation, attempt, subscription. A message that stays the
 * same is found again; what differs goes into fields.
 */
export const log = {
  info: (message: string, fields?: Fields): void => {
    write("INFO", message, fields);
  },
  warn: (message: string, fields?: Fields): void => {
    write("WARN", message, fields);
  },
  error: (message: string, fields?: Fields): void => {
    write("ERROR", message, fields);
  },
};

function write(level: string, message: string, fields: Fields = {}): void {
  const { runtime, handling } = currentScope();
  const head = {
    time: new Date(runtime.now()).toISOString(),
    level,
    message,
    ...(handling === undefined
      ? {}
      : {
          subscription: handling.subscription,
          id: handling.delivery.id,
          correlationId: handling.delivery.correlationId,
          attempt: handling.delivery.attempt,
        }),
  };
  // By the head lines are joined, so no field replaces it; written first, it is read first.
  runtime.write(
    asLine({ ...head, ...fields, ...head }) ??
      JSON.stringify({ ...head, fields: "cannot be written as JSON" }),
  );
}

function asLine(fields: Fields): string | undefined {
  try {
    return JSON.stringify(fields, (_, value: unknown) =>
      value instanceof Error
        ? { name: value.name, message: value.message, stack: value.stack, cause: value.cause }
        : typeof value === "bigint"
          ? String(value)
          : value,
    );
  } catch {
    return undefined;
  }
}
