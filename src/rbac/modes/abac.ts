/**
 * ABAC: a list of policies in a file. Source: pkg/auth/authorizer/abac/abac.go,
 * pkg/apis/abac/{v0,v1beta1}/conversion.go.
 */
import { InputError } from '../../lang/input-error.js'
import type { UserInfo } from '../../client/client.js'
import type {
  AccessAttributes,
  Authorization,
  Authorizer,
  HeldRules,
  NonResourceRule,
  ResourceRule,
  RuleResolver,
} from '../../apiserver/authorization/authorizer.js'
import { isMap } from '../../lang/json/maps.js'

/**
 * The scope of a policy. An absent field matches nothing, except that an absent namespace matches the cluster
 * scope and an absent apiGroup the core group; `*` matches everything.
 */
export interface AbacPolicySpec {
  readonly user?: string
  readonly group?: string
  /** Whether it allows get, list and watch only. */
  readonly readonly?: boolean
  readonly apiGroup?: string
  readonly resource?: string
  readonly namespace?: string
  readonly nonResourcePath?: string
}

/**
 * A line of an ABAC policy file: v1beta1, or the old format without a version, with the fields at the top
 * level.
 */
export interface AbacPolicy extends AbacPolicySpec {
  readonly apiVersion?: string
  readonly kind?: string
  readonly spec?: AbacPolicySpec
}

const VERSION = 'abac.authorization.kubernetes.io/v1beta1'
const AUTHENTICATED = 'system:authenticated'
const ALLOWED: Authorization = { allowed: true }
const NO_MATCH: Authorization = { allowed: false, reason: 'No policy matched.' }

/**
 * Parses a policy file with one JSON object per line. Blank lines and lines that start with `#` are skipped.
 * @throws InputError with the line that is invalid
 */
export function parseAbacPolicies(text: string): readonly AbacPolicy[] {
  return text.split('\n').flatMap((line, at) => {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#')) return []
    try {
      const policy: unknown = JSON.parse(trimmed)
      if (isMap(policy)) return [policy as AbacPolicy]
    } catch {
      // reported below
    }
    throw new InputError(`ABAC policy, line ${at + 1}: not a JSON object: ${trimmed}`)
  })
}

/**
 * The authorizer of `--authorization-mode=ABAC`: allows what any policy matches. It never denies, so later
 * authorizers are still consulted.
 */
export class AbacAuthorizer implements Authorizer, RuleResolver {
  readonly #policies: readonly AbacPolicySpec[]

  /**
   * Creates the authorizer.
   * @throws InputError if a policy has another kind or version
   */
  constructor(policies: readonly AbacPolicy[]) {
    this.#policies = policies.map(convert)
  }

  authorize(user: UserInfo, attributes: AccessAttributes): Authorization {
    return this.#policies.some((policy) => matches(policy, user, attributes)) ? ALLOWED : NO_MATCH
  }

  rulesFor(user: UserInfo, namespace: string): HeldRules {
    const resourceRules: ResourceRule[] = []
    const nonResourceRules: NonResourceRule[] = []
    for (const policy of this.#policies) {
      const { resource = '', nonResourcePath = '', apiGroup = '' } = policy
      if (!isFor(policy, user) || !isOrAll(policy.namespace, namespace)) continue
      const verbs = policy.readonly === true ? ['get', 'list', 'watch'] : ['*']
      if (resource !== '') resourceRules.push({ verbs, apiGroups: [apiGroup], resources: [resource] })
      if (nonResourcePath !== '') nonResourceRules.push({ verbs, nonResourceURLs: [nonResourcePath] })
    }
    return { resourceRules, nonResourceRules, incomplete: false }
  }
}

/**
 * Converts a policy to the form that is compared: `*` as user or group means everybody who is authenticated.
 */
function convert(policy: AbacPolicy): AbacPolicySpec {
  const { apiVersion, kind, spec } = policy
  if (apiVersion === undefined && kind === undefined) return convertOld(policy)
  if (apiVersion !== VERSION || kind !== 'Policy') {
    throw new InputError(
      `ABAC policy: no kind "${kind ?? ''}" is registered for version "${apiVersion ?? ''}"; it must ` +
        `be a Policy of ${VERSION}`,
    )
  }
  return everybody(spec ?? {})
}

function convertOld({
  user = '',
  group = '',
  namespace = '',
  resource = '',
  readonly = false,
}: AbacPolicySpec): AbacPolicySpec {
  return everybody({
    user,
    group: user === '' && group === '' ? AUTHENTICATED : group,
    readonly,
    apiGroup: '*',
    namespace: namespace || '*',
    resource: resource || '*',
    ...(namespace === '' && resource === '' ? { nonResourcePath: '*' } : {}),
  })
}

function everybody(spec: AbacPolicySpec): AbacPolicySpec {
  return spec.user === '*' || spec.group === '*' ? { ...spec, user: '', group: AUTHENTICATED } : spec
}

function matches(policy: AbacPolicySpec, user: UserInfo, attributes: AccessAttributes): boolean {
  const { verb } = attributes
  if (!isFor(policy, user)) return false
  if (policy.readonly === true && verb !== 'get' && verb !== 'list' && verb !== 'watch') return false
  if ('path' in attributes) return pathMatches(policy.nonResourcePath ?? '', attributes.path)
  return (
    isOrAll(policy.namespace, attributes.namespace ?? '') &&
    isOrAll(policy.resource, attributes.resource) &&
    isOrAll(policy.apiGroup, attributes.group)
  )
}

/**
 * Returns whether a policy applies to a user. If it names a user and a group, both must match; if it names
 * neither, it applies to no user.
 */
function isFor({ user = '', group = '' }: AbacPolicySpec, { name, groups = [] }: UserInfo): boolean {
  if (user !== '' && user !== name) return false
  return group === '' ? user !== '' : groups.includes(group)
}

const isOrAll = (pattern: string | undefined, value: string): boolean =>
  pattern === '*' || (pattern ?? '') === value

const pathMatches = (pattern: string, path: string): boolean =>
  pattern === '*' ||
  pattern === path ||
  (pattern.endsWith('*') && path.startsWith(pattern.replace(/(?<!\*)\*+$/, '')))
