import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { projectFolder } from "../../rehearsal/local/stages.js";

/** A process of its own, as test runners read source maps in their own way. */
const script = `
  import { HandlerFiles } from "./cli/commands/dev/handlers.ts";
  process.setSourceMapsEnabled(true);
  const files = new HandlerFiles(process.cwd());
  const { handler } = await files.read("tests/fixtures/handled/throws.ts");
  await handler({}).catch(({ stack }) => console.log(stack));
  files[Symbol.dispose]();
`;

it("what a handler throws names its own file and line", () => {
  const args = ["--import", "tsx", "--input-type=module", "-e", script];
  const told = execFileSync(process.execPath, args, { cwd: projectFolder, encoding: "utf8" });
  expect(told).toMatch(/Error: it cannot\n.*tests\/fixtures\/handled\/throws\.ts:2:/);
});
