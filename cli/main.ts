import { Command, CommanderError } from "commander";
import type { BackboneCommand } from "./commands/command.js";
import { CallError, exitCodes, Failure, ReaderGone } from "./errors.js";

/** In the order of the help. Each is loaded only when it is called: loading all of them takes longer than most run. */
const commands: Readonly<Record<string, () => Promise<BackboneCommand>>> = {
  check: async () => (await import("./commands/check.js")).checkCommand,
  plan: async () => (await import("./commands/plan.js")).planCommand,
  verify: async () => (await import("./commands/verify/verify.js")).verifyCommand,
  trace: async () => (await import("./commands/trace.js")).traceCommand,
  "test-pattern": async () => (await import("./commands/test-pattern.js")).testPatternCommand,
  codeowners: async () => (await import("./commands/codeowners.js")).codeownersCommand,
  diagram: async () => (await import("./commands/diagram.js")).diagramCommand,
  start: async () => (await import("./commands/start.js")).startCommand,
  dev: async () => (await import("./commands/dev/dev.js")).devCommand,
  "dead-letters": async () => (await import("./commands/dead-letters/dead-letters.js")).deadLettersCommand,
  replay: async () => (await import("./commands/replay/replay.js")).replayCommand,
  find: async () => (await import("./commands/find/find.js")).findCommand,
  alarms: async () => (await import("./commands/alarms/alarms.js")).alarmsCommand,
  canary: async () => (await import("./commands/canary.js")).canaryCommand,
};

/** Runs one command; everything it has to say goes to stdout, what is wrong to stderr. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    const program = await buildProgram(argv[2]);
    await program.parseAsync([...argv]);
  } catch (error) {
    process.exitCode = await report(error);
  }
}

/** With the command that is called, or with all of them where help or a mistake may name any. */
async function buildProgram(called = ""): Promise<Command> {
  const program = new Command("backbone")
    .description("Cross-account EventBridge event backbone: check, plan and prove it before it is deployed.")
    .showHelpAfterError("(add --help for the options)")
    .exitOverride();
  const needed = Object.hasOwn(commands, called) ? [called] : Object.keys(commands);
  for (const name of needed) (await commands[name]?.())?.(program);
  return program;
}

/** Bad input is told in words; anything else is a bug and keeps its stack trace. */
async function report(error: unknown): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.holds : exitCodes.wrongCall;
  if (error instanceof ReaderGone) return exitCodes.readerGone;
  if (error instanceof CallError) {
    process.stderr.write(`${error.message}\n`);
    return exitCodes.wrongCall;
  }
  if (error instanceof Failure || (error instanceof Error && (await isExpected(error)))) {
    if (error.message !== "") process.stderr.write(`${error.message}\n`);
    return exitCodes.fails;
  }
  throw error;
}

/** Whether it is about the registry, the topology or AWS; whoever threw it has loaded these. */
async function isExpected(error: Error): Promise<boolean> {
  const { RegistryError } = await import("../infra/registry/index.js");
  const { StackSettingsError, TopologyError, UnknownStackError } = await import("../infra/topology/index.js");
  const { OperationError } = await import("../operations/run.js");
  const { SdkCopiesError } = await import("../rehearsal/emission/sdk-copies.js");
  const expected = [
    RegistryError,
    TopologyError,
    UnknownStackError,
    StackSettingsError,
    OperationError,
    SdkCopiesError,
  ];
  return expected.some((kind) => error instanceof kind);
}
