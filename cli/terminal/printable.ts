/** Longest text of others' that stands in a line; who needs all of it asks for `--json`. */
const longest = 300;

/**
 * Text that somebody else wrote, such as a detail-type or an error message, as a safe piece of a line: control
 * characters, and those that turn the direction of writing, are spelled out, or they could paint or hide other lines.
 */
export function printable(text: string, most = longest): string {
  const shown = text.length > most ? `${text.slice(0, most)}… (${text.length} characters)` : text;
  return shown.replace(
    /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
