/** What may be said of an entry of a policy, and what is a lie. */
import { describe, expect, it } from 'vitest'
import {
  proofErrors,
  evaluate,
  resolveOptions,
  type Because,
  type PolicyQuery,
  type ConnectionProof,
  type Direction,
  type EndProof,
  type NetpolOptions,
  type Trial,
  type ConnectionVerdict,
  type World,
  type WorldPolicy,
} from '../../src/netpol/index.js'
import {
  affirmative,
  claims,
  hasTooMuch,
  isThere,
  isUnknownPeer,
  places,
  portCodes,
} from '../../src/netpol/check/claims.js'
import { RawCluster } from '../../src/netpol/check/raw.js'
import { isUnknownPort } from '../../src/netpol/check/port-claims.js'
import { checkContextOf, type CheckContext } from '../../src/netpol/check/context.js'

const pod = (namespace: string, name: string, ip: string): NonNullable<World['pods']>[number] => ({
  metadata: { namespace, name, labels: { app: name, empty: '' } },
  spec: {
    containers: [
      {
        ports: [
          { name: 'web', containerPort: 80 },
          { name: 'web', containerPort: 8080 },
          { containerPort: 90 },
          { name: 'dns', containerPort: 53, protocol: 'UDP' },
        ],
      },
    ],
  },
  status: { podIP: ip },
})
const node = (
  name: string,
  address: string,
  labels: Record<string, string>,
): NonNullable<World['nodes']>[number] => ({
  metadata: { name, labels },
  status: { addresses: [{ type: 'InternalIP', address }] },
})
const world: World = {
  namespaces: [{ metadata: { name: 'b', labels: { team: 'y' } } }],
  nodes: [
    node('n3', '172.18.0.2', { zone: 'c' }),
    node('n2', '172.18.0.2', { zone: 'b' }),
    node('n1', '172.18.0.1', { zone: 'a' }),
  ],
  pods: [pod('a', 'p', '10.1.0.1'), pod('a', 'q', '10.1.0.2'), pod('b', 'r', '10.2.0.1')],
}

const ends = {
  r: { pod: 'b/r', address: '10.2.0.1' },
  q: { pod: 'a/q', address: '10.1.0.2' },
  none: { pod: 'a/q' },
  nobody: {},
  outside: { address: '203.0.113.1' },
  six: { address: 'fd00::1' },
  node: { node: 'n1', address: '172.18.0.1' },
  shared: { node: 'n2', address: '172.18.0.2' },
  www: { address: '203.0.113.1', domains: ['example.com', 'www.example.org'] },
} satisfies Readonly<Record<string, EndProof>>

interface Told {
  readonly of?: keyof typeof ends
  readonly rest?: string
  readonly actual?: string | null
  readonly requirement?: Trial['requirement']
  readonly options?: NetpolOptions
  readonly port?: number
  readonly noPort?: true
  readonly protocol?: 'TCP' | 'UDP'
}

type Kind = 'NetworkPolicy' | 'ClusterNetworkPolicy' | 'AdminNetworkPolicy'

/**
 * Whether it may be said of an entry of a policy in namespace a for its pod a/p; of what leaves it, unless
 * `of` says who comes.
 */
function mayBeSaid(
  kind: Kind,
  because: keyof typeof claims,
  entry: object,
  { of = 'r', rest = '', actual, requirement, options, port = 80, noPort, protocol = 'TCP' }: Told,
): boolean {
  const cluster = new RawCluster(world, resolveOptions(options))
  const connection: ConnectionProof = {
    from: { pod: 'a/p', address: '10.1.0.1' },
    to: ends[of],
    protocol,
    ...(noPort ? {} : { port }),
  }
  const context = checkContextOf(cluster, connection, 'egress', kind === 'NetworkPolicy' ? kind : 'cluster')
  const trial: Trial = {
    path: '',
    matched: affirmative.has(because),
    because,
    ...(actual === undefined ? {} : { actual }),
    ...(requirement === undefined ? {} : { requirement }),
  }
  const fields = entry as Readonly<Record<string, unknown>>
  return (
    places[because].test(rest) &&
    isThere(fields, rest, context) &&
    claims[because]({
      context,
      trial,
      entry: fields,
      rest,
      policy: { kind, metadata: { namespace: 'a', name: 'x' } },
    })
  )
}

type Row = readonly [what: string, because: keyof typeof claims, entry: object, told: Told, isTrue: boolean]

const app = (name: string): object => ({ matchLabels: { app: name } })
const team = (name: string): object => ({ matchLabels: { team: name } })
const wants = (key: string, ...values: string[]): Trial['requirement'] => ({ key, operator: '=', values })
const block = { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '10.2.0.0/16'] } }
const many = Array.from({ length: 12 }, (_, at) => `10.${at}.0.0/16`)

const tables: Readonly<Record<Kind, readonly Row[]>> = {
  NetworkPolicy: [
    [
      'a pod of the own namespace',
      'podSelected',
      { podSelector: app('q') },
      { of: 'q', rest: '.podSelector' },
      true,
    ],
    ['with other labels', 'podSelected', { podSelector: app('z') }, { of: 'q', rest: '.podSelector' }, false],
    ['of another namespace', 'podSelected', { podSelector: {} }, { rest: '.podSelector' }, false],
    [
      'of a namespace that is selected',
      'podSelected',
      { namespaceSelector: team('y') },
      { rest: '.namespaceSelector' },
      true,
    ],
    [
      'a selector that is null is none',
      'podSelected',
      { namespaceSelector: null, podSelector: {} },
      { rest: '.podSelector' },
      false,
    ],
    [
      'of one that is not',
      'podSelected',
      { namespaceSelector: team('z') },
      { rest: '.namespaceSelector' },
      false,
    ],
    [
      'both are right',
      'podSelected',
      { namespaceSelector: team('y'), podSelector: app('r') },
      { rest: '.podSelector' },
      true,
    ],
    [
      'only one is',
      'podSelected',
      { namespaceSelector: team('y'), podSelector: app('z') },
      { rest: '.podSelector' },
      false,
    ],
    ['no pod is there', 'podSelected', { podSelector: {} }, { of: 'outside', rest: '.podSelector' }, false],
    ['the field is not there', 'podSelected', { namespaceSelector: {} }, { rest: '.podSelector' }, false],
    [
      'the field is of other policies',
      'podSelected',
      { namespaces: {} },
      { of: 'q', rest: '.namespaces' },
      false,
    ],
    ['so is this one', 'podSelected', { pods: {} }, { of: 'q', rest: '.pods.podSelector' }, false],
    [
      'a label is another',
      'podLabels',
      { podSelector: app('z') },
      { of: 'q', rest: '.podSelector', requirement: wants('app', 'z'), actual: 'q' },
      true,
    ],
    [
      'it is told wrong',
      'podLabels',
      { podSelector: app('z') },
      { of: 'q', rest: '.podSelector', requirement: wants('app', 'z'), actual: 'p' },
      false,
    ],
    [
      'nobody asked for it',
      'podLabels',
      { podSelector: app('z') },
      { of: 'q', rest: '.podSelector', requirement: wants('tier', 'z'), actual: null },
      false,
    ],
    [
      'it is met',
      'podLabels',
      { podSelector: app('q') },
      { of: 'q', rest: '.podSelector', requirement: wants('app', 'q'), actual: 'q' },
      false,
    ],
    [
      'it is absent',
      'podLabels',
      { podSelector: { matchLabels: { tier: 'z' } } },
      { of: 'q', rest: '.podSelector', requirement: wants('tier', 'z'), actual: null },
      true,
    ],
    [
      'absent is not empty',
      'podLabels',
      { podSelector: { matchLabels: { tier: 'z' } } },
      { of: 'q', rest: '.podSelector', requirement: wants('tier', 'z'), actual: '' },
      false,
    ],
    [
      'empty is not absent',
      'podLabels',
      { podSelector: { matchLabels: { empty: 'z' } } },
      { of: 'q', rest: '.podSelector', requirement: wants('empty', 'z'), actual: null },
      false,
    ],
    [
      'no requirement is told',
      'podLabels',
      { podSelector: app('z') },
      { of: 'q', rest: '.podSelector', actual: 'q' },
      false,
    ],
    [
      'no pod has labels',
      'podLabels',
      { podSelector: app('z') },
      { of: 'outside', rest: '.podSelector', requirement: wants('app', 'z'), actual: null },
      false,
    ],
    [
      'a label of the namespace is another',
      'namespaceLabels',
      { namespaceSelector: team('z') },
      { rest: '.namespaceSelector', requirement: wants('team', 'z'), actual: 'y' },
      true,
    ],
    [
      'it is met',
      'namespaceLabels',
      { namespaceSelector: team('y') },
      { rest: '.namespaceSelector', requirement: wants('team', 'y'), actual: 'y' },
      false,
    ],
    [
      'it is of the pod',
      'namespaceLabels',
      { namespaceSelector: {}, podSelector: app('z') },
      { rest: '.namespaceSelector', requirement: wants('app', 'z'), actual: null },
      false,
    ],
    [
      'no pod has a namespace',
      'namespaceLabels',
      { namespaceSelector: team('z') },
      { of: 'outside', rest: '.namespaceSelector', requirement: wants('team', 'z'), actual: null },
      false,
    ],
    ['another namespace', 'otherNamespace', { podSelector: {} }, { rest: '.podSelector', actual: 'b' }, true],
    ['told wrong', 'otherNamespace', { podSelector: {} }, { rest: '.podSelector', actual: 'a' }, false],
    [
      'the own one',
      'otherNamespace',
      { podSelector: {} },
      { of: 'q', rest: '.podSelector', actual: 'a' },
      false,
    ],
    [
      'namespaces are selected',
      'otherNamespace',
      { podSelector: {}, namespaceSelector: {} },
      { rest: '.podSelector', actual: 'b' },
      false,
    ],
    [
      'no pod is in any',
      'otherNamespace',
      { podSelector: {} },
      { of: 'outside', rest: '.podSelector', actual: 'default' },
      false,
    ],
    ['no pod', 'notAPod', { podSelector: {} }, { of: 'outside', rest: '.podSelector' }, true],
    ['a pod', 'notAPod', { podSelector: {} }, { rest: '.podSelector' }, false],
    [
      'in the block',
      'addressInRange',
      { ipBlock: { cidr: '10.2.0.0/16' } },
      { rest: '.ipBlock.cidr', actual: '10.2.0.1' },
      true,
    ],
    [
      'outside of it',
      'addressInRange',
      { ipBlock: { cidr: '10.3.0.0/16' } },
      { rest: '.ipBlock.cidr', actual: '10.2.0.1' },
      false,
    ],
    ['excepted', 'addressInRange', block, { rest: '.ipBlock.cidr', actual: '10.2.0.1' }, false],
    [
      'another address is told',
      'addressInRange',
      { ipBlock: { cidr: '10.2.0.0/16' } },
      { rest: '.ipBlock.cidr', actual: '10.2.0.2' },
      false,
    ],
    [
      'there is no address',
      'addressInRange',
      { ipBlock: { cidr: '0.0.0.0/0' } },
      { of: 'none', rest: '.ipBlock.cidr' },
      false,
    ],
    [
      'blocks are for others',
      'addressInRange',
      { ipBlock: { cidr: '10.2.0.0/16' } },
      { rest: '.ipBlock.cidr', actual: '10.2.0.1', options: { ipBlockPods: 'ignore' } },
      false,
    ],
    [
      'and it is one',
      'addressInRange',
      { ipBlock: { cidr: '203.0.113.0/24' } },
      { of: 'outside', rest: '.ipBlock.cidr', actual: '203.0.113.1', options: { ipBlockPods: 'ignore' } },
      true,
    ],
    [
      'networks are of other policies',
      'addressInRange',
      { networks: ['10.0.0.0/8'] },
      { rest: '.networks[0]', actual: '10.2.0.1' },
      false,
    ],
    [
      'a pod, where blocks are for others',
      'addressOfPod',
      block,
      { rest: '.ipBlock', options: { ipBlockPods: 'ignore' } },
      true,
    ],
    ['they are for pods too', 'addressOfPod', block, { rest: '.ipBlock' }, false],
    [
      'no pod is there',
      'addressOfPod',
      block,
      { of: 'outside', rest: '.ipBlock', options: { ipBlockPods: 'ignore' } },
      false,
    ],
    [
      'outside of the block',
      'addressOutOfRange',
      block,
      { of: 'outside', rest: '.ipBlock.cidr', actual: '203.0.113.1' },
      true,
    ],
    [
      'in it',
      'addressOutOfRange',
      { ipBlock: { cidr: '10.2.0.0/16' } },
      { rest: '.ipBlock.cidr', actual: '10.2.0.1' },
      false,
    ],
    [
      'another address is told',
      'addressOutOfRange',
      block,
      { of: 'outside', rest: '.ipBlock.cidr', actual: '203.0.113.2' },
      false,
    ],
    ['there is no address', 'addressOutOfRange', block, { of: 'none', rest: '.ipBlock.cidr' }, false],
    ['another family', 'otherFamily', block, { of: 'six', rest: '.ipBlock.cidr', actual: 'fd00::1' }, true],
    ['the same family', 'otherFamily', block, { rest: '.ipBlock.cidr', actual: '10.2.0.1' }, false],
    [
      'another address is told',
      'otherFamily',
      block,
      { of: 'six', rest: '.ipBlock.cidr', actual: 'fd00::2' },
      false,
    ],
    ['there is no address', 'otherFamily', block, { of: 'none', rest: '.ipBlock.cidr' }, false],
    ['excepted', 'addressExcepted', block, { rest: '.ipBlock.except[1]', actual: '10.2.0.1' }, true],
    [
      'by another exception',
      'addressExcepted',
      block,
      { rest: '.ipBlock.except[0]', actual: '10.2.0.1' },
      false,
    ],
    [
      'by one that there is not',
      'addressExcepted',
      block,
      { rest: '.ipBlock.except[2]', actual: '10.2.0.1' },
      false,
    ],
    [
      'another address is told',
      'addressExcepted',
      block,
      { rest: '.ipBlock.except[1]', actual: '10.2.0.2' },
      false,
    ],
    ['there is no address', 'addressExcepted', block, { of: 'none', rest: '.ipBlock.except[1]' }, false],
    [
      'the last of many',
      'addressExcepted',
      { ipBlock: { cidr: '10.0.0.0/8', except: many.toReversed() } },
      { rest: '.ipBlock.except[9]', actual: '10.2.0.1' },
      true,
    ],
    ['no address', 'noAddress', block, { of: 'none', rest: '.ipBlock.cidr' }, true],
    ['an address', 'noAddress', block, { rest: '.ipBlock.cidr' }, false],
    ['an entry without a known field', 'unknownField', { networks: [] }, {}, true],
    ['null is no field', 'unknownField', { podSelector: null }, {}, true],
    ['one that is known', 'unknownField', { podSelector: {} }, {}, false],
    ['another one', 'unknownField', { namespaceSelector: {} }, {}, false],
    ['a block', 'unknownField', block, {}, false],
    ['the port', 'portMatched', { port: 80 }, { actual: '80/TCP' }, true],
    ['another port', 'portMatched', { port: 81 }, { actual: '80/TCP' }, false],
    ['of another protocol', 'portMatched', { port: 80, protocol: 'UDP' }, { actual: '80/TCP' }, false],
    [
      'of this protocol',
      'portMatched',
      { port: 80, protocol: 'UDP' },
      { protocol: 'UDP', actual: '80/UDP' },
      true,
    ],
    ['another one is told', 'portMatched', { port: 80 }, { actual: '81/TCP' }, false],
    ['the first of a range', 'portMatched', { port: 80, endPort: 90 }, { actual: '80/TCP' }, true],
    ['the last of a range', 'portMatched', { port: 70, endPort: 80 }, { actual: '80/TCP' }, true],
    ['after a range', 'portMatched', { port: 70, endPort: 79 }, { actual: '80/TCP' }, false],
    ['before a range', 'portMatched', { port: 81, endPort: 90 }, { actual: '80/TCP' }, false],
    ['the destination has none', 'portMatched', { port: 80 }, { noPort: true, actual: 'TCP' }, false],
    ['a name is no number', 'portMatched', { port: 'web' }, { actual: '80/TCP' }, false],
    ['all ports are no number', 'portMatched', {}, { actual: '80/TCP' }, false],
    ['all ports', 'everyPortOfProtocol', {}, { actual: '80/TCP' }, true],
    ['null is no port', 'everyPortOfProtocol', { port: null }, { actual: '80/TCP' }, true],
    ['all of another protocol', 'everyPortOfProtocol', { protocol: 'UDP' }, { actual: '80/TCP' }, false],
    ['one port', 'everyPortOfProtocol', { port: 80 }, { actual: '80/TCP' }, false],
    ['a name', 'everyPortOfProtocol', { port: 'web' }, { actual: '80/TCP' }, false],
    ['the port that is not there is told', 'everyPortOfProtocol', {}, { noPort: true, actual: 'TCP' }, true],
    ['a port by its name', 'namedPortMatched', { port: 'web' }, { actual: '80/TCP' }, true],
    ['by its other number', 'namedPortMatched', { port: 'web' }, { port: 8080, actual: '8080/TCP' }, true],
    ['another number', 'namedPortMatched', { port: 'web' }, { port: 81, actual: '81/TCP' }, false],
    [
      'the name of another protocol',
      'namedPortMatched',
      { port: 'dns' },
      { port: 53, actual: '53/TCP' },
      false,
    ],
    [
      'of this one',
      'namedPortMatched',
      { port: 'dns', protocol: 'UDP' },
      { port: 53, protocol: 'UDP', actual: '53/UDP' },
      true,
    ],
    [
      'of TCP, as none is told',
      'namedPortMatched',
      { port: 'dns' },
      { port: 53, protocol: 'UDP', actual: '53/UDP' },
      false,
    ],
    ['a port without a name', 'namedPortMatched', {}, { port: 90, actual: '90/TCP' }, false],
    ['no pod is there', 'namedPortMatched', { port: 'web' }, { of: 'outside', actual: '80/TCP' }, false],
    ['no port is there', 'namedPortMatched', { port: 'web' }, { noPort: true, actual: 'TCP' }, false],
    ['another protocol', 'otherProtocol', { protocol: 'UDP' }, { actual: '80/TCP' }, true],
    ['the protocol', 'otherProtocol', { protocol: 'TCP' }, { actual: '80/TCP' }, false],
    ['TCP if none is told', 'otherProtocol', {}, { protocol: 'UDP', actual: '80/UDP' }, true],
    ['the wrong one is told', 'otherProtocol', { protocol: 'UDP' }, { actual: '80/UDP' }, false],
    ['another port', 'otherPort', { port: 81 }, { actual: '80/TCP' }, true],
    ['the port', 'otherPort', { port: 80 }, { actual: '80/TCP' }, false],
    ['of another protocol', 'otherPort', { port: 81, protocol: 'UDP' }, { actual: '80/TCP' }, false],
    ['none is there', 'otherPort', { port: 80 }, { noPort: true, actual: 'TCP' }, true],
    ['another number of the name', 'otherPort', { port: 'web' }, { port: 81, actual: '81/TCP' }, true],
    ['the number of the name', 'otherPort', { port: 'web' }, { actual: '80/TCP' }, false],
    ['nothing has the name', 'otherPort', { port: 'none' }, { actual: '80/TCP' }, false],
    ['all ports', 'otherPort', {}, { actual: '80/TCP' }, false],
    ['nothing has the name', 'noSuchNamedPort', { port: 'none' }, { actual: '80/TCP' }, true],
    [
      'the destination is no pod',
      'noSuchNamedPort',
      { port: 'web' },
      { of: 'outside', actual: '80/TCP' },
      true,
    ],
    ['the pod has it', 'noSuchNamedPort', { port: 'web' }, { port: 81, actual: '81/TCP' }, false],
    ['there is no name', 'noSuchNamedPort', { port: 81 }, { actual: '80/TCP' }, false],
    [
      'of another protocol',
      'noSuchNamedPort',
      { port: 'none', protocol: 'UDP' },
      { actual: '80/TCP' },
      false,
    ],
  ],
  ClusterNetworkPolicy: [
    ['a namespace', 'podSelected', { namespaces: team('y') }, { rest: '.namespaces' }, true],
    ['another namespace', 'podSelected', { namespaces: team('z') }, { rest: '.namespaces' }, false],
    [
      'pods of all namespaces',
      'podSelected',
      { pods: { podSelector: app('r') } },
      { rest: '.pods.podSelector' },
      true,
    ],
    ['other pods', 'podSelected', { pods: { podSelector: app('z') } }, { rest: '.pods.podSelector' }, false],
    [
      'all pods of a namespace',
      'podSelected',
      { pods: { namespaceSelector: team('y') } },
      { rest: '.pods.podSelector' },
      true,
    ],
    [
      'of another namespace',
      'podSelected',
      { pods: { namespaceSelector: team('z'), podSelector: {} } },
      { rest: '.pods.podSelector' },
      false,
    ],
    [
      'the field is of NetworkPolicy',
      'podSelected',
      { podSelector: {}, namespaces: {} },
      { rest: '.podSelector' },
      false,
    ],
    [
      'a label of the pod',
      'podLabels',
      { pods: { podSelector: app('z') } },
      { rest: '.pods.podSelector', requirement: wants('app', 'z'), actual: 'r' },
      true,
    ],
    [
      'a label of the namespace',
      'namespaceLabels',
      { namespaces: team('z') },
      { rest: '.namespaces', requirement: wants('team', 'z'), actual: 'y' },
      true,
    ],
    [
      'also of the pods',
      'namespaceLabels',
      { pods: { namespaceSelector: team('z') } },
      { rest: '.pods.namespaceSelector', requirement: wants('team', 'z'), actual: 'y' },
      true,
    ],
    [
      'which is met',
      'namespaceLabels',
      { pods: { namespaceSelector: team('y') } },
      { rest: '.pods.namespaceSelector', requirement: wants('team', 'y'), actual: 'y' },
      false,
    ],
    ['no pod', 'notAPod', { namespaces: {} }, { of: 'outside', rest: '.namespaces' }, true],
    [
      'in a network',
      'addressInRange',
      { networks: many },
      { rest: '.networks[2]', actual: '10.2.0.1' },
      true,
    ],
    [
      'in one far down',
      'addressInRange',
      { networks: many.toReversed() },
      { rest: '.networks[10]', of: 'q', actual: '10.1.0.2' },
      true,
    ],
    ['in another', 'addressInRange', { networks: many }, { rest: '.networks[1]', actual: '10.2.0.1' }, false],
    [
      'in one that there is not',
      'addressInRange',
      { networks: many },
      { rest: '.networks[99]', actual: '10.2.0.1' },
      false,
    ],
    [
      'blocks are of NetworkPolicy',
      'addressInRange',
      { namespaces: {}, ipBlock: { cidr: '10.0.0.0/8' } },
      { rest: '.ipBlock.cidr', actual: '10.2.0.1' },
      false,
    ],
    [
      'networks are for pods always',
      'addressInRange',
      { networks: many },
      { rest: '.networks[2]', actual: '10.2.0.1', options: { ipBlockPods: 'ignore' } },
      true,
    ],
    [
      'in none of the networks',
      'addressOutOfRange',
      { networks: many },
      { of: 'outside', rest: '.networks', actual: '203.0.113.1' },
      true,
    ],
    [
      'in one of them',
      'addressOutOfRange',
      { networks: many },
      { rest: '.networks', actual: '10.2.0.1' },
      false,
    ],
    [
      'of another family',
      'addressOutOfRange',
      { networks: many },
      { of: 'six', rest: '.networks', actual: 'fd00::1' },
      true,
    ],
    ['no address', 'noAddress', { networks: many }, { of: 'none', rest: '.networks' }, true],
    ['nor for nodes', 'noAddress', { nodes: {} }, { of: 'none', rest: '.nodes' }, true],
    [
      'a node',
      'nodeSelected',
      { nodes: { matchLabels: { zone: 'a' } } },
      { of: 'node', rest: '.nodes', actual: 'n1' },
      true,
    ],
    [
      'told wrong',
      'nodeSelected',
      { nodes: { matchLabels: { zone: 'a' } } },
      { of: 'node', rest: '.nodes', actual: 'n2' },
      false,
    ],
    [
      'another node',
      'nodeSelected',
      { nodes: { matchLabels: { zone: 'b' } } },
      { of: 'node', rest: '.nodes', actual: 'n1' },
      false,
    ],
    [
      'of two the first',
      'nodeSelected',
      { nodes: { matchLabels: { zone: 'b' } } },
      { of: 'shared', rest: '.nodes', actual: 'n2' },
      true,
    ],
    [
      'and not the second',
      'nodeSelected',
      { nodes: { matchLabels: { zone: 'c' } } },
      { of: 'shared', rest: '.nodes', actual: 'n3' },
      false,
    ],
    ['no node', 'nodeSelected', { nodes: {} }, { of: 'outside', rest: '.nodes', actual: '' }, false],
    ['no address', 'nodeSelected', { nodes: {} }, { of: 'nobody', rest: '.nodes', actual: 'n1' }, false],
    [
      'a label of a node',
      'nodeLabels',
      { nodes: { matchLabels: { zone: 'b' } } },
      { of: 'node', rest: '.nodes', requirement: wants('zone', 'b'), actual: 'a' },
      true,
    ],
    [
      'which is met',
      'nodeLabels',
      { nodes: { matchLabels: { zone: 'a' } } },
      { of: 'node', rest: '.nodes', requirement: wants('zone', 'a'), actual: 'a' },
      false,
    ],
    [
      'of no node',
      'nodeLabels',
      { nodes: { matchLabels: { zone: 'b' } } },
      { of: 'outside', rest: '.nodes', requirement: wants('zone', 'b'), actual: null },
      false,
    ],
    ['not a node', 'notANode', { nodes: {} }, { of: 'outside', rest: '.nodes', actual: '203.0.113.1' }, true],
    [
      'told wrong',
      'notANode',
      { nodes: {} },
      { of: 'outside', rest: '.nodes', actual: '203.0.113.2' },
      false,
    ],
    ['it is one', 'notANode', { nodes: {} }, { of: 'node', rest: '.nodes', actual: '172.18.0.1' }, false],
    ['there is no address', 'notANode', { nodes: {} }, { of: 'none', rest: '.nodes' }, false],
    [
      'a domain',
      'domainMatched',
      { domainNames: ['a.com', 'EXAMPLE.com.'] },
      { of: 'www', rest: '.domainNames[1]', actual: 'example.com,www.example.org' },
      true,
    ],
    [
      'by a wildcard',
      'domainMatched',
      { domainNames: ['*.example.org'] },
      { of: 'www', rest: '.domainNames[0]', actual: 'example.com,www.example.org' },
      true,
    ],
    [
      'by one two levels up',
      'domainMatched',
      { domainNames: ['*.org'] },
      { of: 'www', rest: '.domainNames[0]', actual: 'example.com,www.example.org' },
      true,
    ],
    [
      'a wildcard is not the domain',
      'domainMatched',
      { domainNames: ['*.example.com'] },
      { of: 'www', rest: '.domainNames[0]', actual: 'example.com,www.example.org' },
      false,
    ],
    [
      'nor one that ends alike',
      'domainMatched',
      { domainNames: ['*.ample.com'] },
      { of: 'www', rest: '.domainNames[0]', actual: 'example.com,www.example.org' },
      false,
    ],
    [
      'a domain below',
      'domainMatched',
      { domainNames: ['example.org'] },
      { of: 'www', rest: '.domainNames[0]', actual: 'example.com,www.example.org' },
      false,
    ],
    [
      'another place',
      'domainMatched',
      { domainNames: ['a.com', 'example.com'] },
      { of: 'www', rest: '.domainNames[0]', actual: 'example.com,www.example.org' },
      false,
    ],
    [
      'no such place',
      'domainMatched',
      { domainNames: ['example.com'] },
      { of: 'www', rest: '.domainNames[1]', actual: 'example.com,www.example.org' },
      false,
    ],
    [
      'told wrong',
      'domainMatched',
      { domainNames: ['example.com'] },
      { of: 'www', rest: '.domainNames[0]', actual: 'example.com' },
      false,
    ],
    [
      'no name led there',
      'domainMatched',
      { domainNames: ['example.com'] },
      { of: 'outside', rest: '.domainNames[0]' },
      false,
    ],
    [
      'other domains',
      'otherDomain',
      { domainNames: ['a.com', 'b.com'] },
      { of: 'www', rest: '.domainNames', actual: 'example.com,www.example.org' },
      true,
    ],
    [
      'one of them is right',
      'otherDomain',
      { domainNames: ['a.com', '*.example.org'] },
      { of: 'www', rest: '.domainNames', actual: 'example.com,www.example.org' },
      false,
    ],
    [
      'told wrong',
      'otherDomain',
      { domainNames: ['a.com'] },
      { of: 'www', rest: '.domainNames', actual: 'example.com' },
      false,
    ],
    [
      'no name led there',
      'otherDomain',
      { domainNames: ['a.com'] },
      { of: 'outside', rest: '.domainNames' },
      false,
    ],
    ['no domain', 'noDomain', { domainNames: ['a.com'] }, { of: 'outside', rest: '.domainNames' }, true],
    ['a domain', 'noDomain', { domainNames: ['a.com'] }, { of: 'www', rest: '.domainNames' }, false],
    ['an unknown entry closes the whole rule', 'unknownField', {}, {}, false],
    ['a number', 'portMatched', { tcp: { destinationPort: { number: 80 } } }, { actual: '80/TCP' }, true],
    [
      'another number',
      'portMatched',
      { tcp: { destinationPort: { number: 81 } } },
      { actual: '80/TCP' },
      false,
    ],
    [
      'null is no number',
      'portMatched',
      { tcp: { destinationPort: { number: null, range: { start: 80, end: 81 } } } },
      { actual: '80/TCP' },
      true,
    ],
    [
      'a range',
      'portMatched',
      { udp: { destinationPort: { range: { start: 70, end: 90 } } } },
      { protocol: 'UDP', actual: '80/UDP' },
      true,
    ],
    [
      'another protocol',
      'portMatched',
      { udp: { destinationPort: { number: 80 } } },
      { actual: '80/TCP' },
      false,
    ],
    ['all ports', 'everyPortOfProtocol', { tcp: {} }, { actual: '80/TCP' }, true],
    ['of another protocol', 'everyPortOfProtocol', { sctp: {} }, { actual: '80/TCP' }, false],
    [
      'one port',
      'everyPortOfProtocol',
      { tcp: { destinationPort: { number: 80 } } },
      { actual: '80/TCP' },
      false,
    ],
    [
      'a name is not all',
      'everyPortOfProtocol',
      { destinationNamedPort: 'web' },
      { actual: '80/TCP' },
      false,
    ],
    [
      'a name of any protocol',
      'namedPortMatched',
      { destinationNamedPort: 'dns' },
      { port: 53, protocol: 'UDP', actual: '53/UDP' },
      true,
    ],
    [
      'which the pod has for another',
      'noSuchNamedPort',
      { destinationNamedPort: 'dns' },
      { port: 53, actual: '53/TCP' },
      true,
    ],
    [
      'a name has no protocol',
      'otherProtocol',
      { destinationNamedPort: 'web' },
      { protocol: 'UDP', actual: '80/UDP' },
      false,
    ],
    ['SCTP is another', 'otherProtocol', { sctp: {} }, { actual: '80/TCP' }, true],
    ['nothing can be said of what is unknown', 'otherProtocol', { icmp: {} }, { actual: '80/TCP' }, false],
    [
      'nor of fields of older policies',
      'portMatched',
      { portNumber: { port: 80 } },
      { actual: '80/TCP' },
      false,
    ],
  ],
  AdminNetworkPolicy: [
    ['a number', 'portMatched', { portNumber: { port: 80 } }, { actual: '80/TCP' }, true],
    [
      'of another protocol',
      'portMatched',
      { portNumber: { port: 80, protocol: 'UDP' } },
      { actual: '80/TCP' },
      false,
    ],
    [
      'TCP if none is told',
      'otherProtocol',
      { portNumber: { port: 80, protocol: null } },
      { protocol: 'UDP', actual: '80/UDP' },
      true,
    ],
    [
      'a range',
      'portMatched',
      { portRange: { start: 70, end: 80, protocol: 'UDP' } },
      { protocol: 'UDP', actual: '80/UDP' },
      true,
    ],
    ['before it', 'otherPort', { portRange: { start: 81, end: 90 } }, { actual: '80/TCP' }, true],
    ['a name', 'namedPortMatched', { namedPort: 'web' }, { actual: '80/TCP' }, true],
    [
      'another field is not known',
      'portMatched',
      { destinationNamedPort: 'x', portNumber: { port: 80 } },
      { actual: '80/TCP' },
      true,
    ],
    [
      'nothing can be said of fields of later policies',
      'everyPortOfProtocol',
      { tcp: {} },
      { actual: '80/TCP' },
      false,
    ],
  ],
}

for (const [kind, rows] of Object.entries(tables)) {
  describe(`said of an entry of a ${kind}`, () => {
    it.each(rows.map((row) => [row[1], row[0], row] as const))(
      '%s: %s',
      (_, __, [, because, entry, told, isTrue]) => {
        expect(mayBeSaid(kind as Kind, because, entry, told)).toBe(isTrue)
      },
    )
  })
}

it.each<[entry: object, unknownIn: string]>([
  [{}, 'NetworkPolicy ingress egress'],
  [{ podSelector: {} }, 'ingress egress'],
  [{ namespaceSelector: {} }, 'ingress egress'],
  [{ ipBlock: {} }, 'ingress egress'],
  [{ podSelector: null }, 'NetworkPolicy ingress egress'],
  [{ namespaces: {} }, 'NetworkPolicy'],
  [{ pods: {} }, 'NetworkPolicy'],
  [{ pods: {}, other: {} }, 'NetworkPolicy'],
  [{ nodes: {} }, 'NetworkPolicy ingress'],
  [{ networks: [] }, 'NetworkPolicy ingress'],
  [{ domainNames: [] }, 'NetworkPolicy ingress Deny'],
])('%o is unknown in %s', (entry, unknownIn) => {
  const asked: readonly (readonly [string, CheckContext['sort'], Direction, string?])[] = [
    ['NetworkPolicy', 'NetworkPolicy', 'egress'],
    ['ingress', 'cluster', 'ingress', 'Accept'],
    ['egress', 'cluster', 'egress', 'Accept'],
    ['Deny', 'cluster', 'egress', 'Deny'],
  ]
  const is = asked
    .filter(([, sort, direction, action]) =>
      isUnknownPeer(entry as Readonly<Record<string, unknown>>, { sort, direction }, action),
    )
    .map(([name]) => name)
  expect(is.filter((name) => name !== 'Deny' || !is.includes('egress')).join(' ')).toBe(unknownIn)
})

it.each<[entry: object, unknownIn: string]>([
  [{}, 'ClusterNetworkPolicy AdminNetworkPolicy BaselineAdminNetworkPolicy'],
  [{ tcp: {} }, 'AdminNetworkPolicy BaselineAdminNetworkPolicy'],
  [{ udp: {} }, 'AdminNetworkPolicy BaselineAdminNetworkPolicy'],
  [{ sctp: {} }, 'AdminNetworkPolicy BaselineAdminNetworkPolicy'],
  [{ tcp: null }, 'ClusterNetworkPolicy AdminNetworkPolicy BaselineAdminNetworkPolicy'],
  [{ destinationNamedPort: 'x' }, 'AdminNetworkPolicy BaselineAdminNetworkPolicy'],
  [{ destinationNamedPort: '' }, 'ClusterNetworkPolicy AdminNetworkPolicy BaselineAdminNetworkPolicy'],
  [{ portNumber: {} }, 'ClusterNetworkPolicy'],
  [{ portRange: {} }, 'ClusterNetworkPolicy'],
  [{ namedPort: 'x' }, 'ClusterNetworkPolicy'],
])('%o is an unknown port in %s', (entry, unknownIn) => {
  const kinds = ['NetworkPolicy', 'ClusterNetworkPolicy', 'AdminNetworkPolicy', 'BaselineAdminNetworkPolicy']
  expect(
    kinds.filter((kind) => isUnknownPort(entry as Readonly<Record<string, unknown>>, kind)).join(' '),
  ).toBe(unknownIn)
})

describe('where a thing may be said', () => {
  const suffixes = [
    '',
    '.podSelector',
    '.namespaceSelector',
    '.namespaces',
    '.pods',
    '.pods.podSelector',
    '.pods.namespaceSelector',
    '.ipBlock',
    '.ipBlock.cidr',
    '.ipBlock.except[0]',
    '.ipBlock.except[12]',
    '.networks',
    '.networks[0]',
    '.networks[12]',
    '.nodes',
    '.domainNames',
    '.domainNames[0]',
    '.domainNames[12]',
  ]

  it('is told by the path', () => {
    const found = Object.entries(places).map(
      ([because, place]) => `${because}: ${suffixes.filter((each) => place.test(each)).join(' ')}`,
    )
    for (const [, place] of Object.entries(places))
      for (const each of suffixes) expect(place.test(`x${each}`) || place.test(`${each}x`)).toBe(false)
    const ports = [
      'portMatched',
      'everyPortOfProtocol',
      'namedPortMatched',
      'otherProtocol',
      'otherPort',
      'noSuchNamedPort',
      'unknownField',
    ].map((each) => `${each}: `)
    expect(found).toEqual([
      'podSelected: .podSelector .namespaceSelector .namespaces .pods.podSelector',
      'podLabels: .podSelector .pods.podSelector',
      'namespaceLabels: .namespaceSelector .namespaces .pods.namespaceSelector',
      'otherNamespace: .podSelector',
      'notAPod: .podSelector .namespaceSelector .namespaces .pods.podSelector',
      'addressInRange: .ipBlock.cidr .networks[0] .networks[12]',
      'addressExcepted: .ipBlock.except[0] .ipBlock.except[12]',
      'addressOutOfRange: .ipBlock.cidr .networks',
      'otherFamily: .ipBlock.cidr',
      'addressOfPod: .ipBlock',
      'noAddress: .ipBlock.cidr .networks .nodes',
      'nodeSelected: .nodes',
      'nodeLabels: .nodes',
      'notANode: .nodes',
      'domainMatched: .domainNames[0] .domainNames[12]',
      'otherDomain: .domainNames',
      'noDomain: .domainNames',
      ...ports,
    ])
  })

  it('what says yes, what is of ports, and what says more than it can', () => {
    const all = [...Object.keys(places), 'everyPeer', 'everyPort'] as Because[]
    expect(all.filter((each) => affirmative.has(each)).sort()).toEqual([
      'addressInRange',
      'domainMatched',
      'everyPeer',
      'everyPort',
      'everyPortOfProtocol',
      'namedPortMatched',
      'nodeSelected',
      'podSelected',
      'portMatched',
    ])
    expect(all.filter((each) => portCodes.has(each)).sort()).toEqual([
      'everyPort',
      'everyPortOfProtocol',
      'namedPortMatched',
      'noSuchNamedPort',
      'otherPort',
      'otherProtocol',
      'portMatched',
    ])
    const trial = (because: Because): Trial => ({ path: '', matched: false, because })
    expect(all.filter((each) => hasTooMuch(trial(each)))).toEqual([])
    expect(all.filter((each) => hasTooMuch({ ...trial(each), actual: null })).sort()).toEqual([
      'addressOfPod',
      'everyPeer',
      'everyPort',
      'noAddress',
      'noDomain',
      'notAPod',
      'podSelected',
      'unknownField',
    ])
    expect(
      all
        .filter(
          (each) =>
            !hasTooMuch({ ...trial(each), requirement: { key: 'a', operator: 'exists', values: [] } }),
        )
        .sort(),
    ).toEqual(['namespaceLabels', 'nodeLabels', 'podLabels'])
  })
})

describe('fields that a kind of policy does not have', () => {
  const connection: PolicyQuery = { from: 'b/r', to: 'a/p', port: 80 }
  const wide = (kind: string, field: string, entry: object): WorldPolicy => ({
    kind,
    metadata: { name: 'x' },
    spec: {
      ...(kind === 'ClusterNetworkPolicy' ? { tier: 'Admin' } : {}),
      priority: 1,
      subject: { namespaces: {} },
      ingress: [{ action: 'Deny', from: [{ namespaces: {} }], [field]: [entry] }],
    },
  })

  it.each([
    ['AdminNetworkPolicy', 'ports', { tcp: {} }],
    ['ClusterNetworkPolicy', 'protocols', { portNumber: { port: 1 } }],
    ['AdminNetworkPolicy', 'ports', { destinationNamedPort: 'x', portNumber: { port: 80 } }],
  ])('a proof about %s with %s %o holds', (kind, field, entry) => {
    const objects = { ...world, policies: [wide(kind, field, entry)] }
    const verdict = evaluate(objects, connection)
    expect([verdict.allowed, proofErrors(objects, connection, verdict)]).toEqual([false, []])
  })

  it('let nothing through: a NetworkPolicy has no networks', () => {
    const objects = {
      ...world,
      policies: [
        {
          kind: 'NetworkPolicy',
          metadata: { namespace: 'a', name: 'x' },
          spec: { podSelector: {}, ingress: [{ from: [{ networks: ['10.0.0.0/8'] }] }] },
        },
      ],
    }
    const { proof } = evaluate(objects, connection)
    const path = 'spec.ingress[0]'
    const rules = [
      {
        path,
        matched: true,
        trials: [
          {
            path: `${path}.from[0].networks[0]`,
            matched: true,
            because: 'addressInRange',
            actual: '10.2.0.1',
          },
          { path: `${path}.ports`, matched: true, because: 'everyPort' },
        ],
      },
    ]
    const tiers = proof.ingress.tiers.map((tier) =>
      tier.tier === 'NetworkPolicy'
        ? { ...tier, outcome: 'Accept', policies: tier.policies.map((policy) => ({ ...policy, rules })) }
        : tier,
    )
    const forged = {
      allowed: true,
      proof: { ...proof, ingress: { ...proof.ingress, allowed: true, tiers } },
    } as ConnectionVerdict
    expect(proofErrors(objects, connection, forged)).toEqual([
      `${path}.from[0].networks[0]: comes at the place of ${path}.from[0]`,
    ])
  })
})
