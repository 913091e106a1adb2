/**
 * The field names that patterns ask for, as a tree of the parts between the dots. Walking an event along
 * it leaves out everything that no pattern asks for.
 */
export class FieldTree {
  /** Name of the field that ends here, if a pattern asks for it. */
  field: string | undefined = undefined;
  private readonly children = new Map<string, FieldTree>();

  add(name: string): void {
    const end = name.split(".").reduce<FieldTree>((tree, part) => tree.child(part), this);
    end.field = name;
  }

  /** What lies below a key of an event. A key with dots is a path of its own. */
  below(key: string): FieldTree | undefined {
    const child = this.children.get(key);
    if (child !== undefined || !key.includes(".")) return child;
    return key.split(".").reduce<FieldTree | undefined>((tree, part) => tree?.children.get(part), this);
  }

  private child(part: string): FieldTree {
    const known = this.children.get(part);
    if (known !== undefined) return known;
    const child = new FieldTree();
    this.children.set(part, child);
    return child;
  }
}
