import type { KubeObject } from '../../api/kind/definition.js'
import {
  choice,
  domainNames,
  inside,
  object,
  outside,
  port,
  priority,
  rules,
  status,
  type RuleParts,
  type CrdSchema,
} from './schemas.js'

const GROUP = 'policy.networking.k8s.io'

interface Kind {
  readonly kind: string
  readonly plural: string
  readonly shortName: string
  readonly version: string
  readonly bundle: string
  readonly pull: number
  readonly columns: readonly (readonly [name: string, field: string])[]
  readonly spec: CrdSchema
  /** CEL rules on the whole object. */
  readonly validations?: readonly CrdSchema[]
}

function definitionOf({
  kind,
  plural,
  shortName,
  version,
  bundle,
  pull,
  columns,
  spec,
  validations,
}: Kind): KubeObject {
  const top = object(
    { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' }, spec, status },
    ['metadata', 'spec'],
  )
  const schema = validations === undefined ? top : { ...top, 'x-kubernetes-validations': validations }
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${GROUP}`,
      annotations: {
        'api-approved.kubernetes.io': `https://github.com/kubernetes-sigs/network-policy-api/pull/${pull}`,
        [`${GROUP}/bundle-version`]: bundle,
        [`${GROUP}/channel`]: 'experimental',
      },
    },
    spec: {
      group: GROUP,
      scope: 'Cluster',
      names: { kind, listKind: `${kind}List`, plural, shortNames: [shortName], singular: kind.toLowerCase() },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: [
            ...columns.map(([name, field]) => ({ name, jsonPath: `.spec.${field}`, type: 'string' })),
            { name: 'Age', jsonPath: '.metadata.creationTimestamp', type: 'date' },
          ],
          schema: { openAPIV3Schema: schema },
        },
      ],
    },
  }
  return definition
}

const range = object({ end: port, start: port }, ['end', 'start'], {
  'x-kubernetes-validations': [
    { message: 'Start port must be less than End port', rule: 'self.start < self.end' },
  ],
})
const destination = object({ destinationPort: choice({ number: port, range }) }, [], { minProperties: 1 })

const current: RuleParts = {
  actions: ['Accept', 'Deny', 'Pass'],
  maxItems: 25,
  portsField: 'protocols',
  port: choice({
    destinationNamedPort: { type: 'string' },
    sctp: destination,
    tcp: destination,
    udp: destination,
  }),
  peers: {
    from: choice(inside(['podSelector'])),
    to: choice({ ...inside(['podSelector']), ...outside, domainNames }),
  },
  validation: {
    message:
      'networks/nodes/domainNames peer cannot be set with namedPorts since there are no namedPorts ' +
      'for networks/nodes/domainNames',
    rule:
      '!(self.to.exists(peer, has(peer.networks) || has(peer.nodes) || has(peer.domainNames)) && ' +
      'has(self.protocols) && self.protocols.exists(protocol, has(protocol.destinationNamedPort)))',
  },
}

const both = ['namespaceSelector', 'podSelector']
const protocol: CrdSchema = { default: 'TCP', type: 'string' }

/** Rule schemas of v1alpha1, in which domain names are limited to the Admin tier. */
function superseded(actions: readonly string[], hasDomains: boolean): RuleParts {
  const peers = ['networks', 'nodes', ...(hasDomains ? ['domainNames'] : [])]
  const words = peers.join('/')
  return {
    actions,
    maxItems: 100,
    portsField: 'ports',
    port: choice({
      namedPort: { type: 'string' },
      portNumber: object({ port, protocol }, ['port', 'protocol']),
      portRange: object({ end: port, protocol, start: port }, ['end', 'start']),
    }),
    peers: {
      from: choice(inside(both)),
      to: choice({ ...inside(both), ...outside, ...(hasDomains ? { domainNames } : {}) }),
    },
    validation: {
      message: `${words} peer cannot be set with namedPorts since there are no namedPorts for ${words}`,
      rule:
        `!(self.to.exists(peer, ${peers.map((peer) => `has(peer.${peer})`).join(' || ')}) && ` +
        'has(self.ports) && self.ports.exists(port, has(port.namedPort)))',
    },
  }
}

function specOf(parts: RuleParts, subject: CrdSchema, more: Readonly<Record<string, CrdSchema>>): CrdSchema {
  return object({ ...more, egress: rules('to', parts), ingress: rules('from', parts), subject }, [
    ...Object.keys(more),
    'subject',
  ])
}

/**
 * Returns the CustomResourceDefinitions of policy.networking.k8s.io, with all experimental fields and without
 * descriptions: ClusterNetworkPolicy v1alpha2 (v0.2.0), and the superseded AdminNetworkPolicy and
 * BaselineAdminNetworkPolicy v1alpha1 (v0.1.7). Install them with
 * `cluster.apply(networkPolicyApiDefinitions())`. Each call returns new objects.
 * @example for (const definition of networkPolicyApiDefinitions()) cluster.apply(definition)
 */
export function networkPolicyApiDefinitions(): readonly KubeObject[] {
  const old = { version: 'v1alpha1', bundle: 'v0.1.7', pull: 300 }
  const oldSubject = choice(inside(both))
  return [
    definitionOf({
      kind: 'ClusterNetworkPolicy',
      plural: 'clusternetworkpolicies',
      shortName: 'cnp',
      version: 'v1alpha2',
      bundle: 'v0.2.0',
      pull: 347,
      columns: [
        ['Tier', 'tier'],
        ['Priority', 'priority'],
      ],
      spec: specOf(current, choice(inside(['podSelector'])), {
        priority,
        tier: { enum: ['Admin', 'Baseline'], type: 'string' },
      }),
    }),
    definitionOf({
      ...old,
      kind: 'AdminNetworkPolicy',
      plural: 'adminnetworkpolicies',
      shortName: 'anp',
      columns: [['Priority', 'priority']],
      spec: specOf(superseded(['Allow', 'Deny', 'Pass'], true), oldSubject, { priority }),
    }),
    definitionOf({
      ...old,
      kind: 'BaselineAdminNetworkPolicy',
      plural: 'baselineadminnetworkpolicies',
      shortName: 'banp',
      columns: [],
      spec: specOf(superseded(['Allow', 'Deny'], false), oldSubject, {}),
      validations: [
        {
          message:
            'Only one baseline admin network policy with metadata.name="default" can be created in ' +
            'the cluster',
          rule: "self.metadata.name == 'default'",
        },
      ],
    }),
  ]
}
