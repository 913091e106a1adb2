import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { z } from "zod";

/** What of a file of code a plan has: the code itself would bury all else. */
export interface FileDigest {
  readonly sha256: string;
  readonly bytes: number;
}

// As Pulumi hands assets to its mocks: what they hold is promised.
const asset = z.object({
  __pulumiAsset: z.literal(true),
  text: z.unknown().optional(),
  path: z.unknown().optional(),
});

/** The inputs of a resource with digests, file by file, in place of archives. */
export async function withDigests(inputs: unknown): Promise<unknown> {
  if (typeof inputs !== "object" || inputs === null || !Object.values(inputs).some(isArchive)) return inputs;
  const entries = Object.entries(inputs).map(
    async ([name, value]: [string, unknown]) =>
      [name, isArchive(value) ? await digestsOf(value.assets) : value] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

function isArchive(value: unknown): value is { readonly assets?: unknown } {
  return typeof value === "object" && value !== null && "__pulumiArchive" in value;
}

/** @throws Error naming what is no file of the archive, or cannot be read */
async function digestsOf(assets: unknown): Promise<Readonly<Record<string, FileDigest>>> {
  const files = z.record(z.string(), z.unknown()).safeParse(await assets);
  if (!files.success)
    throw new Error("an archive is of a path, and so its files are unknown here; make it an AssetArchive");
  const digests = Object.entries(files.data)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(async ([path, value]) => [path, digestOf(await contentOf(path, value))] as const);
  return Object.fromEntries(await Promise.all(digests));
}

async function contentOf(file: string, value: unknown): Promise<string | Buffer> {
  const read = asset.safeParse(value);
  const { text, path } = read.success ? read.data : {};
  const [content, from] = [await text, await path];
  if (typeof content === "string") return content;
  if (typeof from === "string") return readFile(from);
  throw new Error(`${file} in an archive is neither a text nor a file; make it a StringAsset or a FileAsset`);
}

function digestOf(content: string | Buffer): FileDigest {
  return {
    sha256: createHash("sha256").update(content).digest("hex"),
    bytes: Buffer.byteLength(content),
  };
}
