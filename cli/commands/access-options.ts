import { InvalidArgumentError, Option } from "commander";
import { suggest } from "../../infra/registry/index.js";
import { CallError } from "../errors.js";

export const profileOption = (): Option =>
  new Option(
    "--profile <name>",
    "profile of the AWS configuration files; {account} and {accountId} in it stand for the account's name and id; it is the whole way into the account (default: the SDK's own chain, then the roles of the stack's assumeRoles)",
  );
export const yesOption = (): Option => new Option("--yes", "do it without asking");

/** A whole number from 1 on. */
export function readCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1)
    throw new InvalidArgumentError("write a whole number from 1 on.");
  return count;
}

/** For an option that may be given several times. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** @throws CallError naming the option and what is meant, perhaps */
export function requireKnown(
  option: string,
  what: string,
  name: string,
  known: ReadonlyMap<string, unknown>,
): void {
  if (known.has(name)) return;
  throw new CallError(
    `${option}: no ${what} is "${name}"; ${suggest(name, [...known.keys()], "name another")}`,
  );
}
