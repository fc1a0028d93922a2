/**
 * Schemas shared by the kinds of policy.networking.k8s.io. Source: network-policy-api v0.2.0 and v0.1.7,
 * experimental channel.
 */

/** A part of an openAPIV3Schema. */
export type CrdSchema = Readonly<Record<string, unknown>>

const text: CrdSchema = { type: 'string' }

/** Returns the schema of an object with these fields. */
export function object(
  properties: Readonly<Record<string, CrdSchema>>,
  required: readonly string[] = [],
  more: CrdSchema = {},
): CrdSchema {
  return { ...more, properties, ...(required.length === 0 ? {} : { required }), type: 'object' }
}

/** Returns the schema of an object with exactly one of these fields. */
export function choice(properties: Readonly<Record<string, CrdSchema>>): CrdSchema {
  return object(properties, [], { maxProperties: 1, minProperties: 1 })
}

/** Returns the schema of a list with at most `maxItems` entries. */
export function list(items: CrdSchema, maxItems: number, more: CrdSchema = {}): CrdSchema {
  return { items, maxItems, ...more, type: 'array' }
}

/** A port. */
export const port: CrdSchema = { format: 'int32', maximum: 65535, minimum: 1, type: 'integer' }

const atomic: CrdSchema = { 'x-kubernetes-list-type': 'atomic' }

const expressions: CrdSchema = {
  items: object({ key: text, operator: text, values: { items: text, type: 'array', ...atomic } }, [
    'key',
    'operator',
  ]),
  type: 'array',
  ...atomic,
}

/** metav1.LabelSelector. */
export const selector: CrdSchema = object(
  { matchExpressions: expressions, matchLabels: { additionalProperties: text, type: 'object' } },
  [],
  { 'x-kubernetes-map-type': 'atomic' },
)

/** The fields of a peer or subject inside the cluster. In v1alpha1, both selectors of `pods` are required. */
export function inside(required: readonly string[]): Readonly<Record<string, CrdSchema>> {
  return {
    namespaces: selector,
    pods: object({ namespaceSelector: selector, podSelector: selector }, required),
  }
}

const setOf = (items: CrdSchema): CrdSchema =>
  list(items, 25, { minItems: 1, 'x-kubernetes-list-type': 'set' })
const cidr: CrdSchema = {
  maxLength: 43,
  type: 'string',
  'x-kubernetes-validations': [{ message: 'Invalid CIDR format provided', rule: 'isCIDR(self)' }],
}

/** The fields of a peer that may be outside the cluster. */
export const outside: Readonly<Record<string, CrdSchema>> = { networks: setOf(cidr), nodes: selector }

/** The field for domain names. */
export const domainNames: CrdSchema = setOf({
  pattern:
    '^(\\*\\.)?([a-zA-Z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\\.)+[a-zA-Z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\\.?$',
  type: 'string',
})

/** The priority of a policy. */
export const priority: CrdSchema = { format: 'int32', maximum: 1000, minimum: 0, type: 'integer' }

const TYPE =
  '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$'

/** A status with conditions. */
export const status: CrdSchema = object(
  {
    conditions: {
      items: object(
        {
          lastTransitionTime: { format: 'date-time', type: 'string' },
          message: { maxLength: 32768, type: 'string' },
          observedGeneration: { format: 'int64', minimum: 0, type: 'integer' },
          reason: {
            maxLength: 1024,
            minLength: 1,
            pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$',
            type: 'string',
          },
          status: { enum: ['True', 'False', 'Unknown'], type: 'string' },
          type: { maxLength: 316, pattern: TYPE, type: 'string' },
        },
        ['lastTransitionTime', 'message', 'reason', 'status', 'type'],
      ),
      type: 'array',
      'x-kubernetes-list-map-keys': ['type'],
      'x-kubernetes-list-type': 'map',
    },
  },
  ['conditions'],
)

/** The parts in which the versions' rules differ. */
export interface RuleParts {
  readonly actions: readonly string[]
  readonly maxItems: number
  readonly portsField: 'ports' | 'protocols'
  readonly port: CrdSchema
  readonly peers: Readonly<Record<'from' | 'to', CrdSchema>>
  /** Rejects named ports next to peers that are not pods. */
  readonly validation: { readonly message: string; readonly rule: string }
}

/** Returns the schema of `ingress` (from) or `egress` (to). */
export function rules(
  field: 'from' | 'to',
  { actions, maxItems, portsField, port: entry, peers, validation }: RuleParts,
): CrdSchema {
  const rule = object(
    {
      action: { enum: actions, type: 'string' },
      name: { maxLength: 100, type: 'string' },
      [portsField]: list(entry, maxItems, { minItems: 1 }),
      [field]: list(peers[field], maxItems, { minItems: 1 }),
    },
    ['action', field],
    field === 'to' ? { 'x-kubernetes-validations': [validation] } : {},
  )
  return list(rule, maxItems)
}
