import Table from "cli-table3";
import { stripVTControlCharacters } from "node:util";
import colors from "picocolors";

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right" | "center";
}

const noBorders = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** Longest text of a cell; who needs all of it asks for `--json`. */
const longestCell = 300;

/**
 * Renders rows under aligned columns; colour only where the terminal shows it.
 * @param width characters that a line may have; the widest column is wrapped to fit. Default: what the terminal has,
 *   and no limit where the output goes elsewhere
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width = terminalWidth(),
): string {
  const cells = rows.map((row) => row.map(shortened));
  const widths = fittingWidths(naturalWidths(columns, cells), width);
  const table = new Table({
    head: columns.map(({ title }) => colors.bold(title)),
    colAligns: columns.map(({ align }) => align ?? "left"),
    ...(widths === undefined ? {} : { colWidths: widths, wordWrap: true, wrapOnWordBoundary: false }),
    chars: noBorders,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  table.push(...cells);
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

const gap = noBorders.middle.length;

/** Tables stand indented in their section. */
function terminalWidth(): number | undefined {
  return process.stdout.isTTY ? process.stdout.columns - indent("x").length + 1 : undefined;
}

function shortened(cell: string): string {
  const text = stripVTControlCharacters(cell);
  return text.length > longestCell ? `${text.slice(0, longestCell)}…` : cell;
}

function naturalWidths(columns: readonly Column[], rows: readonly (readonly string[])[]): number[] {
  return columns.map(({ title }, index) =>
    Math.max(...[title, ...rows.map((row) => row[index] ?? "")].flatMap(lineWidths)),
  );
}

function lineWidths(cell: string): number[] {
  return stripVTControlCharacters(cell)
    .split("\n")
    .map((line) => line.length);
}

const narrowestColumn = 12;

/** Widths that fit, taken from the widest columns; undefined if nothing needs to be wrapped, or nothing helps. */
function fittingWidths(natural: readonly number[], width = Number.POSITIVE_INFINITY): number[] | undefined {
  const widths = [...natural];
  let excess = natural.reduce((sum, one) => sum + one, gap * (natural.length - 1)) - width;
  if (excess <= 0) return undefined;
  for (; excess > 0; excess -= 1) {
    const most = Math.max(...widths);
    if (most <= narrowestColumn) return undefined;
    widths[widths.indexOf(most)] = most - 1;
  }
  return widths;
}

/** A heading with what belongs to it, set apart by an empty line. */
export function section(title: string, body: string): string {
  return `${colors.bold(colors.cyan(title))}\n${indent(body)}\n`;
}

export function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}

/** "1 stack", "3 stacks". */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}
