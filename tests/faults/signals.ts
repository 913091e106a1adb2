import { spawn } from "node:child_process";
import { join } from "node:path";
import { OperatedAws } from "../fixtures/operated-aws.js";
import { eventText, forwardAttributes, orderDetail } from "../fixtures/fake-backbone.js";
import { projectRoot } from "../fixtures/project-copy.js";
import { newStateFolder } from "../fixtures/redrive-run.js";

export interface SignalCase {
  readonly signal: NodeJS.Signals;
  /** Request at which it is sent; the server waits so that it arrives in the middle. */
  readonly action: string;
  /** Which request of that kind. */
  readonly nth: number;
  /** Whether the request has been carried out when the signal arrives. */
  readonly isDone: boolean;
}

export interface SignalFigures {
  readonly exitCode: number | null;
  readonly lost: number;
  readonly doubled: number;
  /** Letters whose events were sent, and that neither of the two runs told of. */
  readonly untold: number;
}

const queue = "backbone-global-dead-letters";
const letters = 14;

/** Interrupts a redrive, then runs it again to its end, both as people do. */
export async function redriveThroughSignal({
  signal,
  action,
  nth,
  isDone,
}: SignalCase): Promise<SignalFigures> {
  const aws = new OperatedAws();
  aws.createQueue(queue);
  await aws.start();
  const events = Array.from({ length: letters }, (_, index) => `event-${index}-`);
  for (const id of events) {
    const detail = orderDetail.replace("o-1", id);
    aws.addMessage(queue, eventText({ id, detail }), forwardAttributes("delivery"), new Date());
  }
  const environment = { ...aws.environment("111111111111"), EVENT_BACKBONE_STATE: newStateFolder() };
  const first = start(environment);
  aws.hold = async (request) => {
    if (request.action !== action || aws.requestsOf(action).length !== nth) return;
    first.child.kill(signal);
    await new Promise((resolve) => setTimeout(resolve, 300));
  };
  aws.holdsAfter = isDone;
  const stopped = await first.end;
  aws.hold = () => Promise.resolve();
  aws.now += 1_000;
  const second = await start(environment).end;
  await aws.stop();

  const sent = events.map((id) => aws.accepted.filter(({ detail }) => detail.includes(`"${id}"`)).length);
  const inQueue = aws.messagesIn(queue).map(({ body }) => body);
  const text = `${stopped.stdout}\n${second.stdout}`;
  return {
    exitCode: stopped.exitCode,
    lost: events.filter((id, index) => sent[index] === 0 && !inQueue.some((body) => body.includes(`"${id}"`)))
      .length,
    doubled: sent.filter((times) => times > 1).length,
    // Those that are on the bus and still in the queue must be told to be in doubt; the others are deleted.
    untold: events.filter(
      (id, index) =>
        (sent[index] ?? 0) > 0 &&
        inQueue.some((body) => body.includes(`"${id}"`)) &&
        !text.includes("may have arrived"),
    ).length,
  };
}

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
}

function start(environment: Readonly<Record<string, string>>) {
  // The command's own file, not through another process: a signal must reach it.
  const child = spawn(
    process.execPath,
    [join(projectRoot, "cli/backbone.mjs"), "dead-letters", "global", "--redrive", "--yes"],
    {
      cwd: projectRoot,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  const end = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => {
      resolve({ exitCode, stdout });
    });
  });
  return { child, end };
}
