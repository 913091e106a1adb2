import { accountRootArn, type BusArn, roleArn } from "../aws/arn.js";
import { names } from "../aws/names.js";
import {
  type ConditionBlock,
  policyDocument,
  type PolicyDocument,
  type Statement,
} from "../aws/policy-document.js";
import { byText, declaredTypes, groupBy, outsideMembers, type Publication } from "../registry/index.js";
import { allowPublishing } from "./publishing.js";
import type { Scope } from "./scope.js";

export interface PlannedBus {
  readonly name: string;
  readonly arn: BusArn;
  readonly description: string;
  readonly policy: PolicyDocument;
}

/**
 * Who may put which events on the global bus. What all publishers share stands once, as Deny statements:
 * repeated in each service's statement it would cost a third of the policy's 10,240 characters.
 * `events:source` and `events:detail-type` hold one value per entry of a request, hence the ForAllValues and
 * ForAnyValue operators; ForAllValues alone is true of a request without the key, hence the Null ones.
 * Where the environment lets in its organisation, the policy is of one size, and the forwards tell publishers apart.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
 */
export function globalBusPolicy(scope: Scope): PolicyDocument {
  return policyDocument(
    deny(scope.globalBus, "DenyForwardedEvents", {
      StringNotEquals: { "events:eventBusInvocation": "false" },
    }),
    deny(scope.globalBus, "DenyMissingSource", { Null: { "events:source": "true" } }),
    deny(scope.globalBus, "DenyMissingDetailType", { Null: { "events:detail-type": "true" } }),
    ...denyOutsideOrganisation(scope),
    ...denyOwnAccount(scope),
    ...(scope.environment.publishing === "organisation"
      ? allowOrganisation(scope)
      : statementsOfPublishers(scope)),
  );
}

/** Any source and detail-type: what nobody declares is in the log, and no forward takes it. */
function allowOrganisation(scope: Scope): Statement[] {
  const { publications, registry, environment, globalBus } = scope;
  const { organizationId = "" } = environment;
  const outside = outsideMembers(registry, environment)
    .filter((member) => publications.some(({ account }) => account === member))
    .map((member) => accountRootArn(scope.place(member)));
  return [
    {
      Sid: "AllowOrganisation",
      Effect: "Allow",
      Principal: "*",
      Action: "events:PutEvents",
      Resource: globalBus,
      Condition: {
        StringEquals: { "aws:PrincipalOrgID": organizationId },
        // Nothing is published from there, and no Allow shall hang on the Deny that says so.
        StringNotEquals: { "aws:PrincipalAccount": scope.place(registry.backbone).accountId },
      },
    },
    ...(outside.length === 0
      ? []
      : [
          {
            Sid: "AllowOutsideOrganisation",
            Effect: "Allow",
            Principal: { AWS: [...new Set(outside)].sort(byText) },
            Action: "events:PutEvents",
            Resource: globalBus,
          } as const,
        ]),
  ];
}

/** A Deny for each source of the bus's own account, an Allow for whoever publishes from elsewhere. */
function statementsOfPublishers(scope: Scope): Statement[] {
  const { publications } = scope;
  const sidOf = sidsOf(publications);
  const inside = insideBackbone(scope);
  const types = declaredTypes(inside);
  // One Deny a source, where it is met first.
  const denied = groupBy(inside, ({ source }) => source).map(([first]) => first);
  const others = publications.filter((one) => !inside.includes(one));
  const elsewhere = new Set(others.map(({ source }) => source));
  return [
    ...denied.map((publication) => {
      const { source } = publication;
      // Whoever may put events there claims any source. Who publishes under it from an account of its own is bound
      // by what it is allowed.
      return deny(scope.globalBus, sidOf(publication), {
        "ForAnyValue:StringEquals": { "events:source": source },
        "ForAnyValue:StringNotEquals": { "events:detail-type": types.get(source) ?? [] },
        ...(elsewhere.has(source) ? ofBackbone(scope) : {}),
      });
    }),
    ...allowPublishing(scope, others, sidOf),
  ];
}

/** What is said of a publication has a name of its own: services' names have no two hyphens side by side. */
function sidsOf(publications: readonly Publication[]): (publication: Publication) => string {
  const sids = new Map(
    groupBy(publications, ({ service }) => service).flatMap((ofService) =>
      ofService.map((publication, index) => [
        publication,
        `publish-${publication.service}${index === 0 ? "" : `--${index + 1}`}`,
      ]),
    ),
  );
  return (publication) => sids.get(publication) ?? "";
}

function deny(bus: BusArn, sid: string, condition: ConditionBlock): Statement {
  return {
    Sid: sid,
    Effect: "Deny",
    Principal: "*",
    Action: "events:PutEvents",
    Resource: bus,
    Condition: condition,
  };
}

/** Refused is who is neither in the organisation nor in one of the accounts that the registry knows to be outside it. */
function denyOutsideOrganisation(scope: Scope): Statement[] {
  const { registry, environment, place } = scope;
  const { organizationId } = environment;
  if (organizationId === undefined) return [];
  const outside = [
    ...new Set(outsideMembers(registry, environment).map((member) => place(member).accountId)),
  ];
  return [
    deny(scope.globalBus, "DenyOutsideOrganisation", {
      StringNotEquals: {
        "aws:PrincipalOrgID": organizationId,
        ...(outside.length === 0 ? {} : { "aws:PrincipalAccount": outside }),
      },
    }),
  ];
}

/**
 * In the bus's own account an identity policy is enough to put events, so only a Deny restricts anybody. If
 * no service publishes from there, nobody there has anything to publish; if services do, only declared sources pass.
 */
function denyOwnAccount(scope: Scope): Statement[] {
  const shared = insideBackbone(scope);
  if (shared.length === 0) return [deny(scope.globalBus, "DenyBackboneAccount", ofBackbone(scope))];
  const sources = [...new Set(shared.map(({ source }) => source))];
  return [
    deny(scope.globalBus, "DenyUndeclaredSource", {
      "ForAnyValue:StringNotEquals": { "events:source": sources },
      // Whoever publishes from an account of its own is bound by what it is allowed.
      ...(shared.length === scope.publications.length ? {} : ofBackbone(scope)),
    }),
  ];
}

function insideBackbone({ publications, sharesBackbone }: Scope): readonly Publication[] {
  return publications.filter(({ account }) => sharesBackbone(account));
}

function ofBackbone({ registry, place }: Scope): ConditionBlock {
  return { StringEquals: { "aws:PrincipalAccount": place(registry.backbone).accountId } };
}

/**
 * Admits what forwards to the member, and the redrive roles of the backbone and of the member itself, and nobody
 * else, not even other principals of the bus's own account: there an identity policy would be enough without the
 * Deny. The forward role is admitted whether or not a route brings the member anything yet, so that the first route
 * needs no change here and no order of stacks; and so are, wherever the environment has
 * events of AWS at all, the roles that forward these, by their name, of any account of the organisation, as a list of 1,000
 * accounts would not fit. They may bring events of AWS only, which nobody can make up. A redrive looks whether the bus is there before it sends anything, as
 * AWS acknowledges events for one that is not. Roles are named by `aws:PrincipalArn` under the account's root because a role's ARN as principal is
 * stored as an id that dies with the role.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function localBusPolicy(scope: Scope, member: string): PolicyDocument {
  const bus = scope.bus(member);
  const { backbone } = scope.registry;
  const forward = scope.forwardRole({ from: { account: backbone }, to: member });
  const redrive = scope.redriveRole(backbone);
  const allow = (
    sid: string,
    condition: ConditionBlock,
    action: "events:PutEvents" | "events:DescribeEventBus" = "events:PutEvents",
  ): Statement => ({
    Sid: sid,
    Effect: "Allow",
    Principal: { AWS: accountRootArn(scope.place(backbone)) },
    Action: action,
    Resource: bus,
    Condition: condition,
  });
  const forAws = awsSenders(scope, member);
  return policyDocument(
    // Inside one AWS account the role's own policy suffices and an Allow here would say nothing.
    ...(scope.sharesBackbone(member)
      ? []
      : [
          allow("AllowForwardAndRedrive", { ArnEquals: { "aws:PrincipalArn": [forward, redrive] } }),
          allow(
            "AllowRedriveToSeeBus",
            { ArnEquals: { "aws:PrincipalArn": redrive } },
            "events:DescribeEventBus",
          ),
        ]),
    ...forAws.statements,
    ...(forAws.roles === undefined
      ? []
      : [
          // A call that does not say its source passes: whether a forward says it, AWS does not document.
          deny(bus, "DenyAllButEventsOfAws", {
            ArnLike: { "aws:PrincipalArn": forAws.roles },
            "ForAnyValue:StringNotLike": { "events:source": "aws.*" },
          }),
        ]),
    deny(bus, "DenyAllButForwardAndRedrive", {
      ArnNotLike: {
        "aws:PrincipalArn": [
          forward,
          redrive,
          scope.redriveRole(member),
          ...(forAws.roles === undefined ? [] : [forAws.roles]),
        ],
      },
    }),
  );
}

/**
 * The roles that forward events of AWS to a member from whatever account has them: of the organisation, without which they
 * are listed account by account, as are those outside.
 * @returns `roles`: one ARN for all of them, with wildcards; undefined where there are none and can be none
 */
function awsSenders(
  scope: Scope,
  member: string,
): { readonly statements: readonly Statement[]; readonly roles?: string } {
  const { environment, registry, place, flows } = scope;
  const { prefix, region, organizationId, roles: settings } = environment;
  const senders = flows
    .filter(({ from, to }) => to === member && from.name !== undefined)
    .map(({ from }) => from.account);
  if (organizationId === undefined ? senders.length === 0 : !scope.hasEventsOfAws) return { statements: [] };
  const roles = roleArn(
    { region, accountId: "*" },
    names.forwardRole(prefix, names.forward(member, "*")),
    settings?.path,
  );
  const outside = new Set(outsideMembers(registry, environment));
  const isListed = (account: string) => organizationId === undefined || outside.has(account);
  const listed = new Set(senders.filter(isListed).map((account) => accountRootArn(place(account))));
  listed.delete(accountRootArn(place(member)));
  const allow = (
    sid: string,
    principal: NonNullable<Statement["Principal"]>,
    condition: ConditionBlock,
  ): Statement => ({
    Sid: sid,
    Effect: "Allow",
    Principal: principal,
    Action: "events:PutEvents",
    Resource: scope.bus(member),
    Condition: { ArnLike: { "aws:PrincipalArn": roles }, ...condition },
  });
  return {
    roles,
    statements: [
      ...(organizationId === undefined
        ? []
        : [allow("AllowEventsOfAws", "*", { StringEquals: { "aws:PrincipalOrgID": organizationId } })]),
      ...(listed.size === 0 ? [] : [allow("AllowEventsOfAwsFrom", { AWS: [...listed].sort(byText) }, {})]),
    ],
  };
}
