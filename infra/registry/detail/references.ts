import { nearest } from "../problem.js";
import { isRecord } from "../read.js";
import type { Documents, Place, SchemaDocument } from "./documents.js";
import { follow, mapParts, pointerSteps, type Steps } from "./parts.js";

/** A schema with an address of its own: a document, or what has an `$id` inside one. */
export interface Resource extends Place {
  /** What references in it are relative to. */
  readonly base: URL;
  readonly anchors: Map<string, Steps>;
}

/** What a reference leads to. */
export interface Target {
  readonly node: unknown;
  readonly place: Place;
  /** The resource it is part of. */
  readonly resource: Resource;
}

/** Why it leads to nothing, and how to mend that. */
export interface DeadEnd {
  readonly problem: string;
}

export function isTarget(found: Target | DeadEnd): found is Target {
  return "resource" in found;
}

/** Finds what references lead to: in the same document, in files, and by `$id`; never on the network. */
export class References {
  readonly #documents: Documents;
  /** Of each document, by the steps to them. */
  readonly #resources = new Map<SchemaDocument, Map<string, Resource>>();
  readonly #byId = new Map<string, Resource>();

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  rootOf(document: SchemaDocument): Resource {
    const known = this.#resources.get(document)?.get(keyOf([]));
    return known ?? this.#index(document);
  }

  /** What begins at a place, if its schema has an `$id`. */
  resourceAt({ document, steps }: Place): Resource | undefined {
    return this.#resources.get(document)?.get(keyOf(steps));
  }

  resolve(reference: string, from: Resource): Target | DeadEnd {
    const [, address = "", fragment = ""] = /^([^#]*)#?([^]*)$/.exec(reference) ?? [];
    const resource = address === "" ? from : this.#resource(address, from);
    if ("problem" in resource) return { problem: `$ref "${reference}": ${resource.problem}` };
    const found = stepsTo(resource, decoded(fragment));
    if (found.steps === undefined) {
      const mend =
        found.meant === undefined ? "declare it, or mend the reference" : `did you mean "${found.meant}"?`;
      return { problem: `$ref "${reference}" leads to nothing in ${resource.document.name}; ${mend}` };
    }
    const { document } = resource;
    const place = { document, steps: [...resource.steps, ...found.steps] };
    return { node: nodeAt(place), place, resource: this.#around(place) };
  }

  #resource(address: string, from: Resource): Resource | DeadEnd {
    const wanted = urlFrom(address, from.base);
    const known = wanted && this.#byId.get(wanted.href);
    if (known !== undefined) return known;
    const { location } = from.document;
    // A document that calls itself by a name on the network still has its neighbours beside it.
    const file = wanted?.protocol === "file:" || URL.canParse(address) ? wanted : urlFrom(address, location);
    const opened = file?.protocol === "file:" ? this.#documents.open(file) : undefined;
    if (opened?.ok) return this.rootOf(opened.document);
    const named =
      wanted && wanted.protocol !== "file:" ? this.#documents.withId(wanted.href, location) : undefined;
    if (named !== undefined) return this.rootOf(named);
    if (opened !== undefined) return opened;
    return {
      problem:
        "no document in the same folder has this $id, and nothing is read from the network; save it there as a file, or refer to a file",
    };
  }

  /** The innermost resource that a place is part of. */
  #around({ document, steps }: Place): Resource {
    for (let length = steps.length; length > 0; length -= 1) {
      const resource = this.resourceAt({ document, steps: steps.slice(0, length) });
      if (resource !== undefined) return resource;
    }
    return this.rootOf(document);
  }

  #index(document: SchemaDocument): Resource {
    const resources = new Map<string, Resource>();
    this.#resources.set(document, resources);
    const add = (steps: Steps, base: URL): Resource => {
      const resource = { document, steps, base, anchors: new Map<string, Steps>() };
      resources.set(keyOf(steps), resource);
      this.#byId.set(base.href, resource);
      return resource;
    };
    const visit = (node: unknown, steps: Steps, around: Resource): void => {
      if (!isRecord(node)) return;
      const { $id, $anchor } = node;
      const base = typeof $id === "string" && !$id.startsWith("#") ? urlFrom($id, around.base) : undefined;
      const resource = base === undefined ? around : add(steps, withoutHash(base));
      // Up to draft-07 an anchor is written as $id: "#name".
      const anchor = typeof $id === "string" && $id.startsWith("#") ? $id.slice(1) : $anchor;
      if (typeof anchor === "string") resource.anchors.set(anchor, steps.slice(resource.steps.length));
      mapParts(node, (part, more) => {
        visit(part, [...steps, ...more], resource);
        return part;
      });
    };
    visit(document.content, [], add([], document.location));
    return this.rootOf(document);
  }
}

function keyOf(steps: Steps): string {
  return JSON.stringify(steps);
}

function nodeAt({ document, steps }: Place): unknown {
  return follow(document.content, steps.map(String))?.value;
}

/** The way from a resource to what a fragment names, or the name that was probably meant. */
function stepsTo(
  resource: Resource,
  fragment: string,
): { readonly steps: Steps } | { readonly steps: undefined; readonly meant: string | undefined } {
  if (fragment === "") return { steps: [] };
  if (!fragment.startsWith("/")) {
    const steps = resource.anchors.get(fragment);
    if (steps !== undefined) return { steps };
    return { steps: undefined, meant: nearest(fragment, [...resource.anchors.keys()]) };
  }
  const root = nodeAt(resource);
  const pointer = pointerSteps(fragment);
  const found = follow(root, pointer);
  if (found !== undefined) return { steps: found.steps };
  const failing = pointer.findIndex((_, index) => follow(root, pointer.slice(0, index + 1)) === undefined);
  const around = follow(root, pointer.slice(0, failing))?.value;
  return {
    steps: undefined,
    meant: nearest(pointer[failing] ?? "", isRecord(around) ? Object.keys(around) : []),
  };
}

function urlFrom(reference: string, base: URL): URL | undefined {
  return URL.canParse(reference, base.href) ? new URL(reference, base) : undefined;
}

function withoutHash(url: URL): URL {
  const bare = new URL(url);
  bare.hash = "";
  return bare;
}

function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}
