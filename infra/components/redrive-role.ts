import { Role, RolePolicy } from "@pulumi/aws/iam/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { PlannedRedrive } from "../topology/index.js";
import { fixedName } from "./fixed-name.js";

export interface RedriveRoleArgs {
  readonly redrive: PlannedRedrive;
}

/** Lets administrators of this account put dead letters back on the bus they belong to. */
export class RedriveRole extends pulumi.ComponentResource {
  readonly role: Role;

  constructor(name: string, args: RedriveRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("backbone:iam:RedriveRole", name, {}, opts);
    const { redrive } = args;
    this.role = new Role(
      name,
      {
        name: redrive.roleName,
        path: redrive.path,
        permissionsBoundary: redrive.permissionsBoundary,
        description: "Puts dead letters back on the bus they belong to",
        assumeRolePolicy: JSON.stringify(redrive.trustPolicy),
      },
      { parent: this, ...fixedName },
    );
    new RolePolicy(
      name,
      { name: "redrive", role: this.role.name, policy: JSON.stringify(redrive.policy) },
      { parent: this, ...fixedName },
    );
    this.registerOutputs({ roleArn: this.role.arn });
  }
}
