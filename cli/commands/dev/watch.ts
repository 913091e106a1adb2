import { type FSWatcher, watch } from "node:fs";
import { dirname, join } from "node:path";

/** Editors write a file in several steps. */
const patience = 40;

/** Watches files by their folders: an editor that puts a new file in a file's place would be lost otherwise. */
export class Watch {
  readonly #onChange: (files: ReadonlySet<string>) => void;
  readonly #folders = new Map<string, FSWatcher>();
  #changed = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  /** @param onChange told of files that may have changed, of the folders of all that are watched */
  constructor(onChange: (files: ReadonlySet<string>) => void) {
    this.#onChange = onChange;
  }

  add(files: readonly string[]): void {
    for (const folder of new Set(files.map((file) => dirname(file)))) {
      if (this.#folders.has(folder)) continue;
      try {
        const watcher = watch(folder, (_, name) => {
          if (name !== null) this.#note(join(folder, name));
        });
        watcher.on("error", () => {
          watcher.close();
          this.#folders.delete(folder);
        });
        this.#folders.set(folder, watcher);
      } catch {
        // A folder that is not there, or one too many for the machine: it is read when the next change is.
      }
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const watcher of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }

  #note(file: string): void {
    this.#changed.add(file);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const changed = this.#changed;
      this.#changed = new Set();
      this.#onChange(changed);
    }, patience);
  }
}
