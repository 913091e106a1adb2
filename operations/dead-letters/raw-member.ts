/**
 * The text of one member of a JSON object, as it stands: parsing and writing it again would round long numbers.
 * @param json text of an object that JSON.parse takes
 * @returns undefined if the object has no such member; the last one if it has several, as JSON.parse does
 */
export function rawMember(json: string, name: string): string | undefined {
  let found: string | undefined;
  let depth = 0;
  let key = "";
  let start = 0;
  // Strings are tokens of their own, so that no brace or comma inside one is mistaken.
  for (const { 0: token, index } of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/gs)) {
    if (token === "{" || token === "[") depth += 1;
    else if (depth === 1 && token === ":") start = index + 1;
    else if (depth === 1 && (token === "," || token === "}")) {
      if (key === name && start > 0) found = json.slice(start, index).trim();
      start = 0;
    } else if (depth === 1 && start === 0) key = String(JSON.parse(token));
    if (token === "}" || token === "]") depth -= 1;
  }
  return found;
}
