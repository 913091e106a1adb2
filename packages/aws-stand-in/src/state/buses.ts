export interface BusRule {
  readonly name: string;
  /** As PutRule takes it. */
  readonly state: string;
  readonly eventPattern?: string;
  readonly description?: string;
  /** Of rules that AWS makes itself. */
  readonly managedBy?: string;
  readonly targets: readonly { readonly id: string; readonly arn: string; readonly roleArn?: string }[];
}

export interface Bus {
  readonly arn: string;
  readonly policy?: string;
  readonly rules: readonly BusRule[];
}

/** Finds a bus by its ARN. */
export type FindBus = (arn: string) => Bus | undefined;
