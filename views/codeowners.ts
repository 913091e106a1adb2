/** A file, and who answers for what is written in it. */
export interface OwnedFile {
  /** From the repository's root. */
  readonly path: string;
  /** Services (`orders`) and contracts (`orders/Order.Created`) that it holds. */
  readonly of: readonly Owned[];
}

export interface Owned {
  readonly what: string;
  /** Absent where nobody is named. */
  readonly owner?: string;
}

/** Everybody who answers for something in the file, each once, in the order of what it holds. */
export function ownersOf({ of }: OwnedFile): string[] {
  return [...new Set(of.flatMap(({ owner }) => owner ?? []))];
}

/**
 * The part of a CODEOWNERS file that a registry says: a line for each file that somebody answers for.
 * @param registry path of its module from the repository's root, which tells several registries in one file apart
 * @see https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
 */
export function renderCodeowners(registry: string, files: readonly OwnedFile[]): string {
  const { begin, end } = marksOf(registry);
  return [
    begin,
    "# From the registry's owners; `npx backbone codeowners --write` writes it again.",
    "# The last line that matches a file decides: keep this behind the lines that are for everything.",
    ...files.flatMap(linesFor),
    end,
  ].join("\n");
}

function linesFor(file: OwnedFile): string[] {
  const owners = ownersOf(file);
  const path = `/${file.path.replaceAll(" ", "\\ ")}`;
  const told = file.of.map(({ what, owner = "nobody" }) => `${what}: ${owner}`).join(", ");
  if (owners.length === 0) return [`# ${path} is left to the lines before (${told})`];
  const isPlain = file.of.every(({ owner }) => owner === owners[0]);
  return [
    ...(isPlain ? [] : [`# Any owner of the next line may approve (${told})`]),
    [path, ...owners].join(" "),
  ];
}

/**
 * A CODEOWNERS file with the registry's part in the place of the one it had, or at its end.
 * @throws CodeownersError if the part it had does not end
 */
export function withCodeowners(text: string, registry: string, part: string): string {
  const { begin, end } = marksOf(registry);
  const lines = text.split("\n");
  const from = lines.indexOf(begin);
  if (from < 0) {
    const before = text.trimEnd();
    return `${before === "" ? "" : `${before}\n\n`}${part}\n`;
  }
  const to = lines.indexOf(end, from);
  if (to < 0)
    throw new CodeownersError(
      `has "${begin}" and no "${end}" behind it; take the first line out, or put the other behind the last that was made`,
    );
  return [...lines.slice(0, from), part, ...lines.slice(to + 1)].join("\n");
}

/** What is wrong with a CODEOWNERS file, and how to mend it. */
export class CodeownersError extends Error {
  override readonly name = "CodeownersError";
}

function marksOf(registry: string): { readonly begin: string; readonly end: string } {
  return { begin: `# event-backbone: begin of ${registry}`, end: `# event-backbone: end of ${registry}` };
}
