import { printable } from "./printable.js";

/** What a command to run next has in common with the one that names it. */
export interface CommandContext {
  readonly environment: string;
  readonly registry?: string | undefined;
  readonly profile?: string | undefined;
}

/** A command that can be copied: whatever somebody else wrote in it is quoted for a shell. */
export function backboneCommand(
  args: readonly string[],
  { environment, registry, profile }: CommandContext,
): string {
  const common = [
    "--env",
    environment,
    ...(registry === undefined ? [] : ["--registry", registry]),
    ...(profile === undefined ? [] : ["--profile", profile]),
  ];
  return ["npx", "backbone", ...args, ...common].map(shellWord).join(" ");
}

function shellWord(text: string): string {
  return /^[\w.:/=+,@-]+$/.test(text) ? text : `'${printable(text).replaceAll("'", "'\\''")}'`;
}
