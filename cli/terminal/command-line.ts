import { latestHeld } from "../../operations/logs.js";
import { printable } from "./printable.js";
import { earliestTime } from "./time.js";

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

/** Finds an event by the id that its mark has kept, from the event's own time on: so does the log count. */
export function findCommand(
  { firstId, time }: { readonly firstId: string; readonly time: string },
  context: CommandContext,
): string {
  return backboneCommand(
    ["find", "--id", firstId, "--since", searchable(new Date(time), new Date())],
    context,
  );
}

/** A time as `find` takes it: whatever an event says of itself, logs hold nothing from before or after these. */
export function searchable(time: Date, now: Date): string {
  const bounded = Math.min(Math.max(time.getTime(), earliestTime.getTime()), latestHeld(now).getTime());
  return new Date(bounded).toISOString();
}

function shellWord(text: string): string {
  return /^[\w.:/=+,@-]+$/.test(text) ? text : `'${printable(text).replaceAll("'", "'\\''")}'`;
}
