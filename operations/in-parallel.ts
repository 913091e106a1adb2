/** Enough to look through a hundred accounts in seconds, and few enough not to be throttled. */
const atOnce = 8;

/**
 * Does the same for many items, a few at a time.
 * @returns the results in the order of the items
 * @throws the first error; nothing new is begun after it
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  progress: (done: number, total: number) => void = () => undefined,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += atOnce) {
    results.push(...(await Promise.all(items.slice(start, start + atOnce).map(work))));
    progress(results.length, items.length);
  }
  return results;
}
