/** Writes to stdout and waits until it is taken: a large plan must not be cut off by the end of the process. */
export async function writeText(text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text.endsWith("\n") ? text : `${text}\n`, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

export async function writeJson(value: unknown): Promise<void> {
  await writeText(JSON.stringify(value, undefined, 2));
}
