import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { compileWorld, evaluateModel, reachability, readWorld } from '../../src/netpol/index.js'
import type {
  EndpointRef,
  Model,
  Protocol,
  Reachability,
  ReachabilityGroup,
  World,
} from '../../src/netpol/index.js'
import { options, world } from './arbitraries.js'

interface Member {
  readonly ref: EndpointRef
  readonly node: string | undefined
}

/** Some of those that a group stands for. */
function membersOf({ pods, nodes, ranges }: ReachabilityGroup, model: Model): readonly Member[] {
  const taken = new Set(
    [...model.pods.values(), ...model.nodes.values()].flatMap(({ addresses }) =>
      addresses.map(({ value }) => value),
    ),
  )
  const valueOf = (ip: string): bigint =>
    BigInt(ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0))
  const firsts = ranges
    .map((range) => range.slice(0, range.indexOf('/')))
    .filter((ip) => !ip.includes(':') && !taken.has(valueOf(ip)))
  return [
    ...pods.map((key) => ({ ref: key, node: model.pods.get(key)?.node })),
    ...nodes.map((node) => ({ ref: { node }, node })),
    ...firsts.slice(0, 3).map((ip) => ({ ref: { ip }, node: undefined })),
  ]
}

function classOf({ ports }: Reachability, protocol: Protocol, port: number): number {
  return ports.findIndex(({ spans }) =>
    spans.some((span) => span.protocol === protocol && span.first <= port && port <= span.last),
  )
}

it('every cell says what the evaluator says of each member, on every port', () => {
  fc.assert(
    fc.property(
      world,
      options,
      fc.constantFrom(1, 79, 80, 81, 443, 65_535),
      fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const),
      (objects, choice, port, protocol) => {
        const reach = reachability(objects, choice)
        const model = readWorld(objects, choice)
        const at = classOf(reach, protocol, port)
        const members = reach.groups.map((group) => membersOf(group, model))
        for (const [from, sources] of members.entries()) {
          for (const [to, targets] of members.entries()) {
            const said = reach.reach(from, to, at)
            for (const source of sources) {
              for (const target of targets) {
                const isSelf = source.ref === target.ref
                const isSame = source.node !== undefined && source.node === target.node
                const expected = isSelf ? true : said === 'ownNode' ? isSame : said === 'allow'
                const { allowed } = evaluateModel(model, { from: source.ref, to: target.ref, port, protocol })
                expect(allowed, `${JSON.stringify([source, target])} ${port}/${protocol} ${said}`).toBe(
                  expected,
                )
              }
            }
          }
        }
        const pods = reach.groups.flatMap((group) => group.pods)
        expect(pods.toSorted()).toEqual([...model.pods.keys()])
        for (const { spans } of reach.ports)
          for (const { first, last } of spans) expect(first).toBeLessThanOrEqual(last)
      },
    ),
    { numRuns: 60 },
  )
})

const APPS = ['web', 'api', 'db']

/** A shop of many pods and a bank. */
function shop(pods: number): World {
  const policy = (namespace: string, name: string, spec: object): NonNullable<World['policies']>[number] => ({
    kind: 'NetworkPolicy',
    metadata: { namespace, name },
    spec,
  })
  const into = (app: string, from: object, port: number): NonNullable<World['policies']>[number] =>
    policy('shop', `into-${app}`, {
      podSelector: { matchLabels: { app } },
      ingress: [{ from: [from], ports: [{ port }] }],
    })
  return {
    namespaces: ['shop', 'bank'].map((name) => ({ metadata: { name } })),
    nodes: ['n1', 'n2'].map((name, at) => ({
      metadata: { name },
      status: { addresses: [{ type: 'InternalIP', address: `10.0.0.${at + 1}` }] },
    })),
    pods: Array.from({ length: pods }, (_, at) => ({
      metadata: {
        namespace: at % 4 === 3 ? 'bank' : 'shop',
        name: `p${at}`,
        labels: { app: APPS[at % 3] ?? '', 'pod-name': `p${at}` },
      },
      spec: { nodeName: `n${(at % 2) + 1}` },
      status: { podIP: `10.244.${at >> 8}.${at & 255}` },
    })),
    policies: [
      policy('shop', 'deny', { podSelector: {}, policyTypes: ['Ingress'] }),
      policy('bank', 'deny', { podSelector: {}, policyTypes: ['Ingress'] }),
      into('api', { podSelector: { matchLabels: { app: 'web' } } }, 8080),
      into('db', { podSelector: { matchLabels: { app: 'api' } } }, 5432),
      into('web', { ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }, 443),
      policy('shop', 'db-out', {
        podSelector: { matchLabels: { app: 'db' } },
        policyTypes: ['Egress'],
        egress: [{ ports: [{ port: 53, protocol: 'UDP' }] }],
      }),
    ],
  }
}

describe('for people', () => {
  let reach: Reachability
  beforeAll(() => {
    reach = reachability(shop(10_000))
  })

  it('10,000 pods are a table', () => {
    expect(reach.toText()).toMatchInlineSnapshot(`
      "from \\ to                           1         2         3         4         5    6       7
      1 all pods in bank (2500 pods)      -         -         -         -         *    *       *
      2 pods app=api in shop (2500 pods)  -         -         5432      -         *    *       *
      3 pods app=db in shop (2500 pods)   -         -         -         -         [1]  53/UDP  53/UDP
      4 pods app=web in shop (2500 pods)  -         8080      -         -         *    *       *
      5 nodes (2)                         own node  own node  own node  own node
      6 10.0.0.0/8                        -         -         -         -
      7 outside                           -         -         -         443

      *  every port
      -  nothing
      own node  only between a pod and the node that it is on
      [1] 53/UDP; own node: the rest
      A pod always reaches itself.
      "
    `)
  })

  it('JSON has the same', () => {
    const json = reach.toJSON()
    expect(JSON.parse(JSON.stringify(reach))).toEqual(json)
    expect(json.groups.map(({ name, pods, nodes }) => [name, pods.length, nodes.length])).toEqual([
      ['bank/*', 2500, 0],
      ['shop/app=api', 2500, 0],
      ['shop/app=db', 2500, 0],
      ['shop/app=web', 2500, 0],
      ['nodes', 0, 2],
      ['10.0.0.0/8', 0, 0],
      ['outside', 0, 0],
    ])
    expect(json.groups[5]).toMatchObject({ sort: 'outside', ranges: ['10.0.0.0/8'] })
    expect(json.allowed[3]?.[1]).toEqual(['8080'])
    expect(json.ownNode[4]?.[0]).toHaveLength(json.ports.length)
    expect(json.ports.map(({ name }) => name).toSorted()).toEqual([
      '443',
      '53/UDP',
      '5432',
      '8080',
      'other ports',
    ])
    expect(reach.groupOf('shop/p0')).toBe(3)
    expect(reach.groupOf('shop/nobody')).toBe(-1)
  })

  it('the picture is well-formed and has a cell for each pair; names that are markup are none there', () => {
    const svg = reach.toSvg()
    expect(svg.match(/<rect class="box/g)).toHaveLength(reach.groups.length ** 2)
    expect(svg).toContain('<title>pods app=web in shop to pods app=api in shop: 8080</title>')
    const evil = reachability({ pods: [{ metadata: { namespace: '<b>&"', name: '<svg>' } }] }).toSvg()
    expect(evil).toContain('&lt;b&gt;&amp;&quot;/&lt;svg&gt;')
    expect(evil.match(/<svg/g)).toHaveLength(1)
  })

  it('only some ports, only pods', () => {
    const some = reachability(compileWorld(shop(40)), {
      ports: [8080, '53/UDP', { port: 5432, protocol: 'TCP' }],
      outside: false,
    })
    expect(some.toText()).toMatchInlineSnapshot(`
      "from \\ to                         1  2     3     4
      1 all pods in bank (10 pods)      -  -     -     -
      2 pods app=api in shop (10 pods)  -  -     5432  -
      3 pods app=db in shop (10 pods)   -  -     -     -
      4 pods app=web in shop (10 pods)  -  8080  -     -

      -  nothing
      A pod always reaches itself.
      "
    `)
    expect(() => reachability({}, { ports: ['http'] })).toThrow('"http" is not a port')
    expect(reachability({}).toText()).toContain('A pod always reaches itself.')
  })
})
