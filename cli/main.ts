import { Command, CommanderError } from "commander";
import { RegistryError } from "../infra/registry/index.js";
import { StackSettingsError, TopologyError, UnknownStackError } from "../infra/topology/index.js";
import { OperationError } from "../operations/run.js";
import { SdkCopiesError } from "../rehearsal/emission/sdk-copies.js";
import { addCanaryCommand } from "./commands/canary.js";
import { addCheckCommand } from "./commands/check.js";
import { addDeadLettersCommand } from "./commands/dead-letters.js";
import { addDiagramCommand } from "./commands/diagram.js";
import { addFindCommand } from "./commands/find.js";
import { addPlanCommand } from "./commands/plan.js";
import { addReplayCommand } from "./commands/replay.js";
import { addStartCommand } from "./commands/start.js";
import { addTestPatternCommand } from "./commands/test-pattern.js";
import { addTraceCommand } from "./commands/trace.js";
import { addVerifyCommand } from "./commands/verify.js";
import { CallError, exitCodes, Failure, ReaderGone } from "./errors.js";

/** Runs one command; everything it has to say goes to stdout, what is wrong to stderr. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await buildProgram().parseAsync([...argv]);
  } catch (error) {
    process.exitCode = report(error);
  }
}

function buildProgram(): Command {
  const program = new Command("backbone")
    .description("Cross-account EventBridge event backbone: check, plan and prove it before it is deployed.")
    .showHelpAfterError("(add --help for the options)")
    .exitOverride();
  addCheckCommand(program);
  addPlanCommand(program);
  addVerifyCommand(program);
  addTraceCommand(program);
  addTestPatternCommand(program);
  addDiagramCommand(program);
  addStartCommand(program);
  addDeadLettersCommand(program);
  addReplayCommand(program);
  addFindCommand(program);
  addCanaryCommand(program);
  for (const command of program.commands)
    command.exitOverride().showHelpAfterError("(add --help for the options)");
  return program;
}

/** Bad input is told in words; anything else is a bug and keeps its stack trace. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.holds : exitCodes.wrongCall;
  if (error instanceof ReaderGone) return exitCodes.readerGone;
  if (error instanceof CallError) {
    process.stderr.write(`${error.message}\n`);
    return exitCodes.wrongCall;
  }
  const expected = [
    Failure,
    RegistryError,
    TopologyError,
    UnknownStackError,
    StackSettingsError,
    OperationError,
    SdkCopiesError,
  ];
  if (error instanceof Error && expected.some((kind) => error instanceof kind)) {
    if (error.message !== "") process.stderr.write(`${error.message}\n`);
    return exitCodes.fails;
  }
  throw error;
}
