import type { z } from "zod";
import type { JsonObject } from "../aws/event-pattern.js";

/** A JSON Schema as a contract's `detail`. */
export interface JsonSchemaDetail {
  readonly jsonSchema: JsonObject | string | URL;
}

/** What a contract's `detail` can be written with. */
export type DetailDefinition = z.ZodType | JsonSchemaDetail;

/** What is typed of an example: all that zod knows, and of a JSON Schema that it is JSON. */
type ExampleOf<Detail extends DetailDefinition> = Detail extends z.ZodType ? z.input<Detail> : JsonObject;

/** A contract has either one `example` or several `examples`. */
export type ContractDefinition<Detail extends DetailDefinition = DetailDefinition> = ContractWords<Detail> &
  (OneExample<Detail> | SeveralExamples<Detail>);

/** Contracts by detail-type. */
export type ContractDefinitions = Readonly<Record<string, ContractDefinition>>;

interface ContractWords<Detail extends DetailDefinition> {
  /** One sentence for people: what has happened when this event is seen. */
  readonly description: string;
  /** Metadata for consumers. A breaking change takes a new detail-type instead. */
  readonly version: number;
  /** What to use instead, such as `use Order.Placed`: routes that name the contract are warned of. Default: in use. */
  readonly deprecated?: string;
  /** Who answers for it: `@user`, `@acme/cases` or an e-mail address. Default: the service's owner. */
  readonly owner?: string;
  /** The `source` of these events, where it is another than the service's. */
  readonly source?: string;
  /**
   * Events a second at its busiest moment, all publishers together: `backbone check` says when AWS would delay or refuse
   * them, and where every contract has it, alarms go by it. Default: not known, and counted as none.
   */
  readonly peakPerSecond?: number;
  /**
   * Whether its `detail` holds personal data. Then event logs hold time and envelope of its events only: `find` finds them
   * by id, source and contract, not by `--detail`. `check` names where they stand in full all the same: dead letters,
   * archives. Default: false.
   */
  readonly sensitive?: boolean;
  /** Schema of the event's `detail`: written with zod, or a {@link jsonSchema}. */
  readonly detail: Detail;
}

interface OneExample<Detail extends DetailDefinition> {
  /** A `detail` that satisfies the schema; the rehearsal publishes it. */
  readonly example: ExampleOf<Detail>;
  readonly examples?: never;
}

interface SeveralExamples<Detail extends DetailDefinition> {
  readonly example?: never;
  /**
   * Details that satisfy the schema, by a name for people: `{ plain: { … }, scan: { … } }`. The rehearsal publishes
   * all of them; the canary and stories take the first.
   */
  readonly examples: Readonly<Record<string, ExampleOf<Detail>>>;
}
