import { measureCommands } from "./commands.js";
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
