import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { openSync, closeSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What one command cost, as a whole process. */
export interface CommandCost {
  readonly command: string;
  /** Median, in seconds. */
  readonly seconds: number;
  /** Largest resident set over all runs, in MiB. */
  readonly mebibytes: number;
}

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const registries = join("tests", "fixtures", "registries");

/** The whole commands whose cost people feel; each run is a new process that has seen nothing yet. */
const commands: readonly { readonly args: readonly string[]; readonly runs: number }[] = [
  { args: ["check"], runs: 5 },
  { args: ["plan", "--json", "--no-cache"], runs: 5 },
  { args: ["verify", "--no-cache"], runs: 5 },
  { args: ["plan", "--json", "--no-cache", "--registry", join(registries, "members-300.ts")], runs: 3 },
  { args: ["plan", "--json", "--no-cache", "--registry", join(registries, "members-1000.ts")], runs: 1 },
  { args: ["verify", "--no-cache", "--registry", join(registries, "members-300.ts")], runs: 1 },
];

/** Asks the process itself for its peak memory when it ends; works wherever Node does. */
const reportPeak =
  'data:text/javascript,process.on("exit",()=>process.stderr.write("\\npeak-kib="+process.resourceUsage().maxRSS))';

export function measureCommands(tell: (cost: CommandCost) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "backbone-bench-"));
  try {
    for (const { args, runs } of commands) {
      const costs = Array.from({ length: runs }, () => runOnce(args, join(folder, "out")));
      const seconds = costs.map((cost) => cost.seconds).sort((left, right) => left - right);
      tell({
        command: `backbone ${args.join(" ")}`,
        seconds: seconds[Math.floor(seconds.length / 2)] ?? 0,
        mebibytes: Math.max(...costs.map((cost) => cost.mebibytes)),
      });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function runOnce(args: readonly string[], out: string): Omit<CommandCost, "command"> {
  const stdout = openSync(out, "w");
  const start = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--import", reportPeak, join("cli", "backbone.mjs"), ...args],
    {
      cwd: root,
      stdio: ["ignore", stdout, "pipe"],
      encoding: "utf8",
    },
  );
  const seconds = (performance.now() - start) / 1000;
  closeSync(stdout);
  if (status !== 0) throw new Error(`backbone ${args.join(" ")} failed: ${stderr}`);
  const peak = /peak-kib=(\d+)/.exec(stderr)?.[1];
  return { seconds, mebibytes: Math.round(Number(peak) / 1024) };
}
