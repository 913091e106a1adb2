import { createServer } from "node:http";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Turn } from "../../cli/commands/dev/running.js";
import { containing, Dev, HandlerFolder, large, start } from "../fixtures/dev-server.js";
import { runCli } from "../fixtures/cli.js";

const file = "tests/fixtures/handled/start-delivery.ts";
const works = "export const handler = async () => undefined;\n";
const fails = 'export const handler = async () => { throw new Error("as it is now"); };\n';

const lambdaEvent = z.looseObject({ Records: z.array(z.looseObject({ messageId: z.string() })) });

/** Changes a file, and waits until it was noticed. */
async function changed(dev: Dev, change: () => void): Promise<Turn> {
  const turn = new Promise<Turn>((resolve) => {
    const stop = dev.running.subscribe((said) => {
      stop();
      resolve(said);
    });
  });
  change();
  return turn;
}

function shop(first: string): HandlerFolder {
  return new HandlerFolder({
    [file]: first,
    "tests/fixtures/handled/update-order.ts": works,
    "registry.ts": 'import { name } from "./name.js";\nexport const registry = { name };\n',
    "name.ts": 'export const name = "first";\n',
  });
}

const why = async (dev: Dev) => dev.running.live.backbone.why(start, await dev.publish("orders"));
const problemOf = (dev: Dev) =>
  dev.running.takers().find(({ subscription }) => subscription === start)?.problem;

describe("a handler", () => {
  it("is read anew when its file changes", async () => {
    using folder = shop(works);
    await using dev = await Dev.open(folder);
    await expect(why(dev)).resolves.toBe("done");
    await changed(dev, () => {
      folder.write(file, fails);
    });
    await expect(why(dev)).resolves.toContain("after Error: as it is now");
  });

  it("is read anew when a file changes that it imports, and is told where it fails", async () => {
    using folder = shop('import { work } from "./work.js";\nexport const handler = () => work();\n');
    folder.write("tests/fixtures/handled/work.ts", "export const work = () => undefined;\n");
    await using dev = await Dev.open(folder);
    await expect(why(dev)).resolves.toBe("done");
    const turn = await changed(dev, () => {
      folder.write(
        "tests/fixtures/handled/work.ts",
        'export const work = () => {\n  throw new Error("in work");\n};\n',
      );
    });
    expect(turn).toEqual({ handlers: [file], isRegistry: false });
    await expect(why(dev)).resolves.toContain("after Error: in work");
  });

  it.each([
    { name: "does not compile", text: "export const handler = (\n", says: `${file}:2: ` },
    {
      name: "imports what is not there",
      text: 'import "./gone.js";\nexport const handler = 1;\n',
      says: `${file}:1: `,
    },
    {
      name: "exports no handler",
      text: "export const handle = () => 1;\n",
      says: 'exports no function "handler"; write: export const handler = consume(…) (it exports handle)',
    },
    {
      name: "throws when it is loaded",
      text: 'throw new Error("at once");\n',
      says: "cannot be loaded: at once",
    },
  ])("that $name is told, and the one before it goes on", async ({ text, says }) => {
    using folder = shop(works);
    await using dev = await Dev.open(folder);
    await changed(dev, () => {
      folder.write(file, text);
    });
    expect(problemOf(dev)).toContain(says);
    await expect(why(dev)).resolves.toBe("done");
    await changed(dev, () => {
      folder.write(file, works);
    });
    expect(problemOf(dev)).toBeUndefined();
  });

  it("that is not there at the start is told, and waited for", async () => {
    using empty = new HandlerFolder({ "tests/fixtures/handled/update-order.ts": works });
    await using waiting = await Dev.open(empty);
    expect(problemOf(waiting)).toContain(file);
    await expect(why(waiting)).resolves.toBe("queued");
    await changed(waiting, () => {
      empty.write(file, works);
    });
    await waiting.running.live.backbone.settle();
    expect(problemOf(waiting)).toBeUndefined();
  });
});

describe("the registry", () => {
  it("is read anew when a file of it changes: what waits in queues moves over", async () => {
    using folder = shop(works);
    await using dev = await Dev.open({ root: folder.root, registryFile: join(folder.root, "registry.ts") });
    await dev.publish("orders", { orderId: "o-waits", total: 500 });
    const { epoch } = dev.running.live;
    const turn = await changed(dev, () => {
      folder.write("name.ts", 'export const name = "second";\n');
    });
    expect(turn).toEqual({ handlers: [], isRegistry: true });
    expect(dev.running.live.epoch).not.toBe(epoch);
    await expect((await dev.get("/_backbone/queues")).text()).resolves.toContain("o-waits");
    await expect(why(dev)).resolves.toBe("done");
  });

  it("that is wrong is told, and the one before it goes on", async () => {
    using folder = shop(works);
    const wrong = { reopen: () => Promise.reject(new Error("no account is named so")) };
    await using dev = await Dev.open({
      root: folder.root,
      registryFile: join(folder.root, "registry.ts"),
      ...wrong,
    });
    await changed(dev, () => {
      folder.write("name.ts", 'export const name = "wrong";\n');
    });
    expect(dev.running.problem).toBe("no account is named so");
    await expect((await dev.get("/_backbone/registry")).text()).resolves.toContain("no account is named so");
    await expect(why(dev)).resolves.toBe("done");
  });
});

describe("--forward", () => {
  it.each([
    { name: "all done, by an empty answer", status: 200, answer: "", became: "done" },
    { name: "all done, by no failures", status: 200, answer: '{"batchItemFailures":[]}', became: "done" },
    {
      name: "what it names has failed",
      status: 200,
      answer: "names",
      became: "named it among its batchItemFailures",
    },
    { name: "another status", status: 500, answer: "no van", became: "answered 500: no van" },
    { name: "what is no JSON", status: 200, answer: "<html>", became: "answered what is no JSON: <html>" },
    {
      name: "a function that threw",
      status: 200,
      answer: '{"errorType":"NoVan","errorMessage":"none"}',
      became: "NoVan: none",
    },
  ])("posts what Lambda would be called with: $name", async ({ status, answer, became }) => {
    const got: unknown[] = [];
    const target = createServer((request, response) => {
      void (async () => {
        const parts: Buffer[] = [];
        for await (const part of request) if (Buffer.isBuffer(part)) parts.push(part);
        const event = lambdaEvent.parse(JSON.parse(Buffer.concat(parts).toString()));
        got.push(event);
        const failures = event.Records.map(({ messageId }) => ({ itemIdentifier: messageId }));
        response.writeHead(status);
        response.end(answer === "names" ? JSON.stringify({ batchItemFailures: failures }) : answer);
      })();
    });
    await new Promise<void>((resolve) => target.listen(0, "127.0.0.1", resolve));
    const address = target.address();
    const url = `http://127.0.0.1:${typeof address === "object" ? (address?.port ?? 0) : 0}/`;
    try {
      await using dev = await Dev.open({
        forwards: [
          { subscription: start, url },
          { subscription: large, url },
        ],
      });
      const id = await dev.publish("orders", { orderId: "o-7", total: 500 });
      expect(got).toHaveLength(2);
      expect(got).toMatchObject([{ Records: [{ eventSource: "aws:sqs", body: containing(id) }] }, {}]);
      for (const key of [start, large]) expect(dev.running.live.backbone.why(key, id)).toContain(became);
    } finally {
      target.closeAllConnections();
      target.close();
    }
  });

  it("says that nobody is at its URL", async () => {
    await using dev = await Dev.open({ forwards: [{ subscription: start, url: "http://127.0.0.1:9/" }] });
    await expect(why(dev)).resolves.toContain("http://127.0.0.1:9/ does not answer: ");
  });
});

describe("a wrong call of backbone dev", () => {
  it.each([
    { args: ["--port", "70000"], says: "write a whole number up to 65535" },
    { args: ["--port", "4,566"], says: "write a whole number up to 65535" },
    { args: ["--forward", "delivery/start-delivery"], says: "write a subscription and a URL" },
    { args: ["--forward", "delivery/start-delivery=ftp://x"], says: "write a subscription and a URL" },
    {
      args: ["--forward", "delivery/start-delivry=http://x"],
      says: 'did you mean "delivery/start-delivery"?',
    },
    { args: ["--forward", "a/b=http://x", "--forward", "a/b=http://y"], says: "a/b is forwarded twice" },
  ])("$args exits with 2 and says what would be right", async ({ args, says }) => {
    const { exitCode, stdout, stderr } = await runCli(["dev", ...args]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it("says who has the port, and which is free", async () => {
    await using dev = await Dev.open();
    const port = Number(new URL(dev.url).port);
    const { exitCode, stderr } = await runCli(["dev", "--port", String(port)]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      `port ${port} is in use, by event-backbone dev; stop that, or choose another port (--port ${port + 1})`,
    );
  });
});
