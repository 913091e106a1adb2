import { InvalidArgumentError, Option } from "commander";

export const profileOption = (): Option =>
  new Option(
    "--profile <name>",
    "profile of the AWS configuration files; {account} in it stands for the account's name (default: the SDK's own chain); roles of the stack's assumeRoles are taken on after it, unless any of it is encrypted",
  );
export const yesOption = (): Option => new Option("--yes", "do it without asking");

/** A whole number from 1 on. */
export function readCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1)
    throw new InvalidArgumentError("write a whole number from 1 on.");
  return count;
}
