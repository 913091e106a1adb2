import Table from "cli-table3";
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

/** Renders rows under aligned columns; colour only where the terminal shows it. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: columns.map(({ title }) => colors.bold(title)),
    colAligns: columns.map(({ align }) => align ?? "left"),
    chars: noBorders,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
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
