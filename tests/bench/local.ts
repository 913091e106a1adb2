import { spawn } from "node:child_process";
import { Agent, request } from "node:http";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { registry } from "../fixtures/handled/registry.js";
import { Running } from "../../cli/commands/dev/running.js";
import { serveDev } from "../../cli/commands/dev/serve.js";
import { stageFor } from "../../rehearsal/local/stages.js";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface LocalCost {
  /** Seconds until `backbone dev` of the example is ready; the first has evaluated nothing before. */
  readonly ready: readonly number[];
  /** From PutEvents in tens to the queue, client and server in one thread, without handlers. */
  readonly eventsPerSecond: number;
  /** Milliseconds, at 100 events a second, until the event is in its queue. */
  readonly median: number;
  readonly p99: number;
}

export async function measureLocal(): Promise<LocalCost> {
  const ready = [await startUp(["--no-cache"]), await startUp([]), await startUp([])];
  const stage = await stageFor(registry);
  const running = await Running.open(stage, {
    root,
    registryFile: join(root, "tests/fixtures/handled/registry.ts"),
    forwards: [],
    reopen: () => Promise.resolve(stage),
  });
  running.live.backbone.handle("delivery/start-delivery", undefined);
  await using serving = await serveDev(running, { port: 0, onBug: console.error });
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const bus = stage.globalBusFor("orders") ?? "";
  const put = (count: number) => putEvents(serving.port, agent, bus, count);
  for (let round = 0; round < 100; round += 1) await put(10);
  const begun = performance.now();
  const rounds = 1_000;
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let round = 0; round < rounds / 4; round += 1) await put(10);
    }),
  );
  const eventsPerSecond = (rounds * 10) / ((performance.now() - begun) / 1_000);
  const latencies: number[] = [];
  for (let count = 0; count < 1_000; count += 1) {
    const sent = performance.now();
    await put(1);
    const took = performance.now() - sent;
    latencies.push(took);
    await setTimeout(Math.max(0, 10 - took));
  }
  latencies.sort((left, right) => left - right);
  agent.destroy();
  await running.close();
  return { ready, eventsPerSecond, median: latencies[500] ?? NaN, p99: latencies[990] ?? NaN };
}

async function startUp(args: readonly string[]): Promise<number> {
  const begun = performance.now();
  const child = spawn(process.execPath, [join(root, "cli/backbone.mjs"), "dev", "--port", "0", ...args], {
    cwd: root,
  });
  for await (const line of createInterface({ input: child.stdout })) if (line.startsWith("page ")) break;
  const seconds = (performance.now() - begun) / 1_000;
  child.kill("SIGKILL");
  return seconds;
}

let orders = 0;

async function putEvents(port: number, agent: Agent, bus: string, count: number): Promise<void> {
  const body = JSON.stringify({
    Entries: Array.from({ length: count }, () => ({
      EventBusName: bus,
      Source: "com.example.orders",
      DetailType: "Order.Created",
      Detail: JSON.stringify({ orderId: `o-${(orders += 1)}`, total: 50 }),
    })),
  });
  const answer = await new Promise<string>((resolve, reject) => {
    const sent = request(
      {
        port,
        agent,
        host: "127.0.0.1",
        method: "POST",
        headers: {
          "content-type": "application/x-amz-json-1.1",
          "x-amz-target": "AWSEvents.PutEvents",
          authorization: `AWS4-HMAC-SHA256 Credential=orders/20260101/eu-west-1/events/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`,
        },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => (text += part));
        response.on("end", () => {
          resolve(text);
        });
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
  if (!answer.includes('"FailedEntryCount":0')) throw new Error(answer);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) console.log(await measureLocal());
