import { spawn } from "node:child_process";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import { projectRoot } from "../fixtures/project-copy.js";
import { peopleVariables } from "../fixtures/run-process.js";

it("runs until Ctrl-C, prints events as JSON alone, and has ended well then", async () => {
  const args = [join(projectRoot, "cli/backbone.mjs"), "dev", "--port", "0", "--json"];
  const running = spawn(process.execPath, args, { cwd: projectRoot, env: peopleVariables() });
  const lines = (stream: NodeJS.ReadableStream) => createInterface({ input: stream })[Symbol.asyncIterator]();
  const ended = once(running, "exit");
  try {
    const said = lines(running.stderr);
    const url = await first(said, /^page {3}(http:\S+)\/$/);
    const bus = await first(said, /BACKBONE_BUS_ARN=(\S+)/);
    const client = new EventBridgeClient({
      endpoint: url,
      region: "eu-west-1",
      credentials: { accessKeyId: "orders", secretAccessKey: "any" },
    });
    const entry = {
      EventBusName: bus,
      Source: "com.example.orders",
      DetailType: "Order.Updated",
      Detail: "{}",
    };
    const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: [entry] }));
    const told = lines(running.stdout);
    await expect(first(told, /^\{"cursor":".*?","id":"(.*?)"/)).resolves.toBe(Entries[0]?.EventId);
    running.kill("SIGINT");
    await expect(ended).resolves.toEqual([0, null]);
  } finally {
    running.kill("SIGKILL");
  }
});

async function first(lines: AsyncIterator<string>, wanted: RegExp): Promise<string> {
  const seen: string[] = [];
  for (;;) {
    const next = await lines.next();
    if (next.done === true) throw new Error(`it ended after:\n${seen.join("\n")}`);
    const found = wanted.exec(next.value)?.[1];
    if (found !== undefined) return found;
    seen.push(next.value);
  }
}
