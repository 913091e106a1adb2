import { type Command, InvalidArgumentError, Option } from "commander";
import type { Environment } from "../../infra/registry/index.js";
import { Failure } from "../errors.js";
import { openProject, type Project, type RegistrySource } from "../project/registry.js";
import { writeJson, writeText } from "../terminal/write.js";

/** Options that several commands share. */
export interface SharedOptions {
  readonly env?: string;
  readonly registry?: string;
  readonly json?: boolean;
  readonly plan?: string;
  readonly cache?: boolean;
  readonly profile?: string;
  readonly yes?: boolean;
}

/** In the order in which help lists them, behind a command's own. */
const sharedOptions = {
  yes: new Option("--yes", "do it without asking"),
  profile: new Option(
    "--profile <name>",
    "profile of the AWS configuration files; {account} and {accountId} in it stand for the account's name and id; it is the whole way into the account (default: the SDK's own chain, then the roles of the stack's assumeRoles)",
  ),
  env: new Option("--env <name>", "environment (default: the registry's default environment)"),
  registry: new Option("--registry <file>", 'module that exports "registry" (default: config/index.ts)'),
  plan: new Option(
    "--plan <file>",
    "read the emitted resources from a saved plan --json instead of evaluating the program",
  ),
  cache: new Option(
    "--no-cache",
    "evaluate the program even if it has emitted the same before, and remember nothing",
  ),
} as const;

/** One command, as data. */
export interface CommandDefinition<Options extends SharedOptions> {
  readonly name: string;
  readonly description: string;
  readonly argument?: readonly [flags: string, description: string];
  /** Its own; one that is called like a shared one stands in its place. */
  readonly options?: readonly Option[];
  /** Shared options that it takes besides `--env`, `--registry` and `--json`. */
  readonly takes?: readonly ("yes" | "profile" | "plan" | "cache")[];
  /** Shape of what `--json` prints. */
  readonly json: string;
  /** Lines below the help. */
  readonly help?: readonly string[];
  /** What `--json` prints for a mistake that is an answer; undefined for one that is none. */
  readonly answerTo?: (error: unknown, environment: Environment | undefined) => unknown;
  /** @returns whether all holds; if not, what does not has been said */
  readonly run: (call: Call<Options>) => Promise<boolean>;
}

/** One call of a command. */
export interface Call<Options extends SharedOptions> {
  readonly args: readonly string[];
  readonly options: Options;
  /**
   * Loads the registry and selects the environment; what a call gets wrong by itself is told before.
   * @param choose the environment, where it hangs on more than `--env`
   */
  readonly project: (choose?: (source: RegistrySource) => Environment) => Promise<Project>;
  /** Says it as JSON or in words, whichever was asked for. */
  readonly answer: (answer: Answer) => Promise<void>;
}

export interface Answer {
  readonly json: () => unknown;
  readonly text: () => string;
}

/** Adds itself to a program. */
export type BackboneCommand = (program: Command) => void;

/** The frame of every command: its options, the registry, the output and the exit code. */
export function defineCommand<Options extends SharedOptions>(
  definition: CommandDefinition<Options>,
): BackboneCommand {
  const { name, description, argument, help, run, answerTo } = definition;
  return (program) => {
    const command = program.command(name).description(description);
    if (argument !== undefined) command.argument(...argument);
    for (const option of optionsOf(definition)) command.addOption(option);
    if (help !== undefined) command.addHelpText("after", ["", ...help].join("\n"));
    command.action(async () => {
      const options = command.opts<Options>();
      let environment: Environment | undefined;
      const call: Call<Options> = {
        args: command.args,
        options,
        project: async (choose) => {
          const project = await openProject(options, choose);
          ({ environment } = project);
          return project;
        },
        answer: async ({ json, text }) => {
          if (options.json === true) await writeJson(json());
          else await writeText(text());
        },
      };
      const holds = await run(call).catch(async (error: unknown) => {
        const answer = options.json === true ? answerTo?.(error, environment) : undefined;
        if (answer === undefined) throw error;
        await writeJson(answer);
        return false;
      });
      if (!holds) throw new Failure("");
    });
  };
}

function optionsOf<Options extends SharedOptions>({
  options = [],
  takes = [],
  json,
}: CommandDefinition<Options>): Option[] {
  const taken = new Set<string>(["env", "registry", ...takes]);
  for (const own of options) taken.delete(own.attributeName());
  const shared = Object.entries(sharedOptions).flatMap(([key, option]) => (taken.has(key) ? [option] : []));
  return [...options, ...shared, new Option("--json", `print JSON: ${json}`)];
}

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
