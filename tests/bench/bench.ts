import { measureCommands } from "./commands.js";
import { measureLocal } from "./local.js";
import { measureMatching } from "./matching.js";

/** Figures for docs/proof.md: whole commands, and the pattern engine alone. */
process.stdout.write("whole commands (median seconds, peak MiB)\n");
measureCommands(({ command, seconds, mebibytes }) => {
  process.stdout.write(
    `  ${seconds.toFixed(2).padStart(7)} s ${String(mebibytes).padStart(5)} MiB  ${command}\n`,
  );
});
process.stdout.write("event pattern matching, one thread, from event text\n");
for (const { ruleSet, rules, eventsPerSecond } of measureMatching()) {
  process.stdout.write(
    `  ${Math.round(eventsPerSecond).toLocaleString("en").padStart(9)} events/s  ${rules.toLocaleString("en").padStart(6)} rules, ${ruleSet}\n`,
  );
}
const { ready, eventsPerSecond, median, p99 } = await measureLocal();
process.stdout.write("backbone dev\n");
process.stdout.write(
  `  ready after ${ready.map((seconds) => seconds.toFixed(1)).join(", ")} s (the first remembers nothing)\n`,
);
process.stdout.write(
  `  ${Math.round(eventsPerSecond).toLocaleString("en").padStart(9)} events/s from PutEvents to the queue, client and server in one thread\n`,
);
process.stdout.write(`  at 100 events/s: median ${median.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms\n`);
