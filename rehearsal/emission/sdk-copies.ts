import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, relative } from "node:path";
import { z } from "zod";

/** Two versions of Pulumi's SDK are installed, and the recorder would see only what one of them does. */
export class SdkCopiesError extends Error {
  override readonly name = "SdkCopiesError";
}

const sdk = "@pulumi/pulumi";
/** What the program builds resources with. */
const users = ["@pulumi/aws", "@pulumi/awsx"];

/**
 * Package managers that do not read our lock file may install a newer SDK for the packages that ask for any.
 * Copies of one version get along: they share their state.
 * @param from file or URL of a file of ours; packages are looked up as it would import them
 * @throws SdkCopiesError naming both
 */
export function requireOneSdk(from: string): void {
  const own = copyOf(from);
  for (const user of users) {
    const other = copyOf(createRequire(from).resolve(`${user}/package.json`));
    if (other.version === own.version) continue;
    throw new SdkCopiesError(
      `there are two copies of ${sdk}: ${show(own)}, and ${show(other)}, which ${user} takes; install one: rm -rf node_modules && npm ci (other package managers: the pins in package.json make it one)`,
    );
  }
}

interface SdkCopy {
  readonly version: string;
  readonly folder: string;
}

const manifest = z.object({ version: z.string() });

function copyOf(from: string): SdkCopy {
  const file = createRequire(from).resolve(`${sdk}/package.json`);
  const { version } = manifest.parse(JSON.parse(readFileSync(file, "utf8")));
  return { version, folder: dirname(file) };
}

function show({ version, folder }: SdkCopy): string {
  return `${version} in ${relative(process.cwd(), folder)}`;
}
