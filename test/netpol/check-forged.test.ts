/** Proofs that were forged by hand, and what is said of each. */
import { describe, expect, it } from 'vitest'
import {
  proofErrors,
  evaluate,
  type PolicyQuery,
  type NetpolOptions,
  type ConnectionVerdict,
  type World,
  type WorldPolicy,
} from '../../src/netpol/index.js'

const pod = (
  namespace: string,
  name: string,
  ip: string,
  spec: object = {},
): NonNullable<World['pods']>[number] => ({
  metadata: { namespace, name, labels: { app: name } },
  spec,
  status: { podIP: ip },
})
const narrow = (name: string, spec: object): WorldPolicy => ({
  kind: 'NetworkPolicy',
  metadata: { namespace: 'a', name },
  spec: { podSelector: {}, ...spec },
})
const wide = (name: string, spec: object): WorldPolicy => ({
  kind: 'ClusterNetworkPolicy',
  metadata: { name },
  spec: { tier: 'Admin', priority: 1, subject: { namespaces: {} }, ...spec },
})
const everyone = [{ namespaces: {} }]

const world: World = {
  namespaces: [{ metadata: { name: 'b', labels: { team: 'y' } } }],
  nodes: [
    { metadata: { name: 'n1' }, status: { addresses: [{ type: 'InternalIP', address: '172.18.0.1' }] } },
  ],
  pods: [
    pod('a', 'p', '10.1.0.1', { nodeName: 'n1' }),
    pod('b', 'r', '10.2.0.1'),
    pod('b', 'done', '10.2.0.2', { hostNetwork: true }),
  ],
  policies: [
    narrow('one', {
      ingress: [
        { from: [{ ipBlock: { cidr: '192.0.2.0/24' } }], ports: [{ port: 81 }] },
        {
          from: [
            { podSelector: {} },
            { ipBlock: { cidr: '10.0.0.0/8' } },
            { ipBlock: { cidr: '0.0.0.0/0' } },
          ],
          ports: [{ port: 81 }, { port: 80 }, { port: 82 }],
        },
        {},
      ],
    }),
    narrow('two', { ingress: [{}] }),
    wide('first', {
      ingress: [
        { action: 'Deny', from: [{ namespaces: { matchLabels: { team: 'z' } } }] },
        { name: 'pass', action: 'Pass', from: everyone },
        { action: 'Deny', from: everyone },
      ],
    }),
    wide('second', { priority: 2, ingress: [{ action: 'Deny', from: everyone }] }),
  ],
}
const closing = wide('closed', {
  priority: 0,
  ingress: [{ action: 'Deny', from: [...everyone, { services: {} }], protocols: [{ icmp: {} }] }],
})

/** A proof that can be written to. */
interface Draft {
  allowed: boolean
  readonly proof: {
    readonly connection: Record<string, unknown>
    readonly egress: Side
    readonly ingress: Side
  }
}
interface Side {
  direction: string
  allowed: boolean
  because: string
  tiers: Tier[]
}
interface Tier {
  tier: string
  outcome: string
  exception?: string
  policies: Policy[]
}
interface Policy {
  kind: string
  namespace?: string
  name: string
  priority?: number
  rules: Rule[]
}
interface Rule {
  path: string
  name?: string
  action?: string
  matched: boolean
  failsClosed?: boolean
  trials: Trial[]
}
interface Trial {
  path: string
  matched: boolean
  because: string
  actual?: string
}

const toP: PolicyQuery = { from: 'b/r', to: 'a/p', port: 80 }
const admin = ({ proof }: Draft): Tier => proof.ingress.tiers[0] as Tier
const tierOf = ({ proof }: Draft): Tier => proof.ingress.tiers[1] as Tier
const rulesOf = (draft: Draft): Rule[] => tierOf(draft).policies[0]?.rules as Rule[]
const trialsOf = (draft: Draft): Trial[] => rulesOf(draft)[1]?.trials as Trial[]
const skip = (draft: Draft): Rule => admin(draft).policies[0]?.rules[0] as Rule
const pass = (draft: Draft): Rule => admin(draft).policies[0]?.rules[1] as Rule
const from = 'spec.ingress[1].from'

type Row = readonly [fault: string, forge: (draft: Draft) => void]

function judged(
  forge: (draft: Draft) => void,
  connection: PolicyQuery,
  objects: World,
  options?: NetpolOptions,
): readonly string[] {
  // a forger writes to what is read-only
  const draft = structuredClone(evaluate(objects, connection, options)) as unknown as Draft
  forge(draft)
  // a forged verdict may have any form
  return proofErrors(objects, connection, draft as unknown as ConnectionVerdict)
}

describe('of a verdict', () => {
  it.each<Row>([
    [
      'the proof comes to allowed',
      (draft) => {
        draft.allowed = false
      },
    ],
    [
      'ingress: is reported as egress',
      ({ proof }) => {
        proof.ingress.direction = 'egress'
      },
    ],
    [
      'egress: default',
      ({ proof }) => {
        proof.egress.because = 'Admin'
      },
    ],
    [
      'egress: default',
      ({ proof }) => {
        proof.egress.allowed = false
      },
    ],
    [
      'egress: default',
      ({ proof }) => {
        proof.egress.tiers.push(structuredClone(proof.egress.tiers[2] as Tier))
      },
    ],
    [
      'egress: Baseline was not asked',
      ({ proof }) => {
        proof.egress.tiers.pop()
      },
    ],
    [
      'ingress: NetworkPolicy',
      ({ proof }) => {
        proof.ingress.tiers.push({ tier: 'Baseline', outcome: 'none', policies: [] })
      },
    ],
    [
      'ingress: NetworkPolicy',
      ({ proof }) => {
        proof.ingress.because = 'default'
      },
    ],
    [
      'ingress: NetworkPolicy comes at the place of Admin',
      ({ proof }) => {
        proof.ingress.tiers.shift()
      },
    ],
    [
      'ingress: Admin comes to Pass',
      (draft) => {
        admin(draft).outcome = 'none'
      },
    ],
  ])('%s (%#)', (fault, forge) => {
    expect(judged(forge, toP, world)).toEqual([fault])
  })
})

describe('of a tier', () => {
  it.each<Row>([
    [
      'NetworkPolicy: two does not come at place 0',
      (draft) => {
        ;(tierOf(draft).policies[0] as Policy).name = 'two'
      },
    ],
    [
      'NetworkPolicy: one does not come at place 0',
      (draft) => {
        ;(tierOf(draft).policies[0] as Policy).namespace = 'b'
      },
    ],
    [
      'NetworkPolicy: one does not come at place 0',
      (draft) => {
        delete (tierOf(draft).policies[0] as Policy).namespace
      },
    ],
    [
      'NetworkPolicy: one does not come at place 0',
      (draft) => {
        ;(tierOf(draft).policies[0] as Policy).priority = 1
      },
    ],
    [
      'NetworkPolicy: one does not come at place 0',
      (draft) => {
        ;(tierOf(draft).policies[0] as Policy).kind = 'ClusterNetworkPolicy'
      },
    ],
    [
      'Admin: first does not come at place 0',
      (draft) => {
        ;(admin(draft).policies[0] as Policy).namespace = 'a'
      },
    ],
    [
      'Admin: first does not come at place 0',
      (draft) => {
        ;(admin(draft).policies[0] as Policy).priority = 2
      },
    ],
    [
      'Admin: first does not come at place 0',
      (draft) => {
        ;(admin(draft).policies[0] as Policy).kind = 'AdminNetworkPolicy'
      },
    ],
    [
      'NetworkPolicy: three does not come at place 1',
      (draft) => {
        tierOf(draft).policies.push({ kind: 'NetworkPolicy', namespace: 'a', name: 'three', rules: [] })
      },
    ],
    [
      'NetworkPolicy: more was tried after one',
      (draft) => {
        tierOf(draft).policies.push({ kind: 'NetworkPolicy', namespace: 'a', name: 'two', rules: [] })
      },
    ],
    [
      'NetworkPolicy: not every policy was tried',
      (draft) => {
        tierOf(draft).policies = []
      },
    ],
    [
      'Admin: not every policy was tried',
      (draft) => {
        admin(draft).policies = []
      },
    ],
    [
      'NetworkPolicy: exception is undefined',
      (draft) => {
        tierOf(draft).exception = 'self'
      },
    ],
    [
      'Admin: exception is undefined',
      (draft) => {
        admin(draft).exception = 'ownNode'
      },
    ],
    [
      'ingress: NetworkPolicy comes to Accept',
      (draft) => {
        tierOf(draft).outcome = 'Deny'
      },
    ],
  ])('%s (%#)', (fault, forge) => {
    expect(judged(forge, toP, world)).toEqual([fault])
  })
})

describe('of rules', () => {
  it.each<Row>([
    [
      'spec.ingress: not every rule was tried',
      (draft) => {
        rulesOf(draft).pop()
      },
    ],
    [
      'spec.ingress[1]: comes at place 0',
      (draft) => {
        rulesOf(draft).shift()
      },
    ],
    [
      'spec.egress[0]: comes at place 0',
      (draft) => {
        ;(rulesOf(draft)[0] as Rule).path = 'spec.egress[0]'
      },
    ],
    [
      'spec.ingress[1]: more was tried after it matched',
      (draft) => {
        rulesOf(draft).push({ path: 'spec.ingress[2]', matched: true, trials: [] })
      },
    ],
    [
      'spec.ingress[0]: matched is false',
      (draft) => {
        ;(rulesOf(draft)[0] as Rule).matched = true
        rulesOf(draft).pop()
      },
    ],
    [
      'spec.ingress[1]: matched is true',
      (draft) => {
        ;(rulesOf(draft)[1] as Rule).matched = false
      },
    ],
    [
      'spec.ingress[0]: action is undefined',
      (draft) => {
        ;(rulesOf(draft)[0] as Rule).action = 'Accept'
      },
    ],
    [
      'spec.ingress[0]: name',
      (draft) => {
        ;(rulesOf(draft)[0] as Rule).name = 'x'
      },
    ],
    [
      'spec.ingress[0]: does not fail closed',
      (draft) => {
        ;(rulesOf(draft)[0] as Rule).failsClosed = true
      },
    ],
    [
      'spec.ingress[1]: action is Pass',
      (draft) => {
        pass(draft).action = 'Deny'
      },
    ],
    [
      'spec.ingress[1]: name',
      (draft) => {
        delete pass(draft).name
      },
    ],
    [
      'spec.ingress[0]: name',
      (draft) => {
        skip(draft).name = 'pass'
      },
    ],
    [
      'spec.ingress[0]: does not fail closed',
      (draft) => {
        skip(draft).failsClosed = false
      },
    ],
  ])('%s (%#)', (fault, forge) => {
    expect(judged(forge, toP, world)).toEqual([fault])
  })

  it('one that there is not', () => {
    const objects = { ...world, policies: [narrow('one', { ingress: [{ ports: [{ port: 81 }] }] })] }
    const more: Rule = {
      path: 'spec.ingress[1]',
      matched: true,
      trials: [
        { path: 'spec.ingress[1].from', matched: true, because: 'everyPeer' },
        { path: 'spec.ingress[1].ports', matched: true, because: 'everyPort' },
      ],
    }
    expect(
      judged(
        (draft) => {
          rulesOf(draft).push(more)
        },
        toP,
        objects,
      ),
    ).toEqual(['spec.ingress[1]: comes at place 1'])
  })

  it('that no rule of the policy speaks of the direction', () => {
    expect(
      judged(
        ({ proof }) => {
          ;(proof.egress.tiers[1] as Tier).policies = [
            { kind: 'NetworkPolicy', namespace: 'b', name: 'x', rules: [] },
          ]
        },
        toP,
        world,
      ),
    ).toEqual(['NetworkPolicy: x does not come at place 0'])
  })
})

describe('of the entries of a rule', () => {
  it.each<Row>([
    [
      `${from}[1].ipBlock.cidr: comes at the place of ${from}[0]`,
      (draft) => {
        trialsOf(draft).shift()
      },
    ],
    [
      `${from}: not every entry was tried`,
      (draft) => {
        ;(rulesOf(draft)[1] as Rule).trials = []
      },
    ],
    [
      `${from}: not every entry was tried`,
      (draft) => {
        trialsOf(draft).splice(1)
      },
    ],
    [
      'spec.ingress[1].ports: not every entry was tried',
      (draft) => {
        trialsOf(draft).splice(2)
      },
    ],
    [
      'spec.ingress[1].ports: not every entry was tried',
      (draft) => {
        trialsOf(draft).pop()
      },
    ],
    [
      `${from}[1].ipBlock.cidr: more was tried after it matched`,
      (draft) => {
        trialsOf(draft).splice(2, 0, {
          path: `${from}[2].ipBlock.cidr`,
          matched: true,
          because: 'addressInRange',
          actual: '10.2.0.1',
        })
      },
    ],
    [
      'spec.ingress[1].ports[1]: more was tried after it matched',
      (draft) => {
        trialsOf(draft).push({
          path: 'spec.ingress[1].ports[2]',
          matched: false,
          because: 'otherPort',
          actual: '80/TCP',
        })
      },
    ],
    [
      'spec.ingress[0]: ports were tried without need',
      (draft) => {
        rulesOf(draft)[0]?.trials.push({
          path: 'spec.ingress[0].ports[0]',
          matched: false,
          because: 'otherPort',
          actual: '80/TCP',
        })
      },
    ],
    [
      `${from}[0].podSelector: nonsense is claimed of the wrong field`,
      (draft) => {
        ;(trialsOf(draft)[0] as Trial).because = 'nonsense'
      },
    ],
    [
      `${from}[0].podSelector: toString is claimed of the wrong field`,
      (draft) => {
        ;(trialsOf(draft)[0] as Trial).because = 'toString'
      },
    ],
    [
      `${from}[0].podSelector: noAddress is claimed of the wrong field`,
      (draft) => {
        Object.assign(trialsOf(draft)[0] as Trial, { because: 'noAddress' })
        delete trialsOf(draft)[0]?.actual
      },
    ],
    [
      `${from}[0]: everyPortOfProtocol is not about this list`,
      (draft) => {
        Object.assign(trialsOf(draft)[0] as Trial, {
          path: `${from}[0]`,
          because: 'everyPortOfProtocol',
          actual: '80/TCP',
        })
      },
    ],
    [
      'spec.ingress[1].ports[0]: unknownField is not about this list',
      (draft) => {
        Object.assign(trialsOf(draft)[2] as Trial, { because: 'unknownField' })
        delete trialsOf(draft)[2]?.actual
      },
    ],
    [
      `${from}[0].podSelector: otherNamespace is not true`,
      (draft) => {
        ;(trialsOf(draft)[0] as Trial).actual = 'a'
      },
    ],
    [
      `${from}[0].podSelector: otherNamespace is reported as the opposite`,
      (draft) => {
        ;(trialsOf(draft)[0] as Trial).matched = true
      },
    ],
    [
      `${from}[1].ipBlock.cidr: addressInRange is reported as the opposite`,
      (draft) => {
        ;(trialsOf(draft)[1] as Trial).matched = false
      },
    ],
    [
      `${from}[0].podSelector: notAPod says more than it can`,
      (draft) => {
        ;(trialsOf(draft)[0] as Trial).because = 'notAPod'
      },
    ],
    [
      `${from}[0].namespaceSelector: comes at the place of ${from}[0]`,
      (draft) => {
        ;(trialsOf(draft)[0] as Trial).path = `${from}[0].namespaceSelector`
      },
    ],
    [
      'spec.ingress[1].protocols: is absent, which is everything',
      (draft) => {
        ;(pass(draft).trials[1] as Trial).path = 'spec.ingress[1].ports'
      },
    ],
    [
      'spec.ingress[1].protocols: is absent, which is everything',
      (draft) => {
        pass(draft).trials.pop()
      },
    ],
    [
      'spec.ingress[1].protocols: is absent, which is everything',
      (draft) => {
        ;(pass(draft).trials[1] as Trial).matched = false
      },
    ],
    [
      'spec.ingress[1].protocols: is absent, which is everything',
      (draft) => {
        ;(pass(draft).trials[1] as Trial).because = 'everyPeer'
      },
    ],
    [
      'spec.ingress[1].protocols: is absent, which is everything',
      (draft) => {
        pass(draft).trials.push(structuredClone(pass(draft).trials[1] as Trial))
      },
    ],
  ])('%s (%#)', (fault, forge) => {
    expect(judged(forge, toP, world)).toEqual([fault])
  })
})

describe('of a rule that fails closed', () => {
  const objects = { ...world, policies: [closing] }
  const rule = (draft: Draft): Rule => admin(draft).policies[0]?.rules[0] as Rule

  it.each<Row>([
    [
      'spec.ingress[0]: fails closed by spec.ingress[0].from[1],spec.ingress[0].protocols[0]',
      (draft) => {
        delete rule(draft).failsClosed
      },
    ],
    [
      'spec.ingress[0]: fails closed by spec.ingress[0].from[1],spec.ingress[0].protocols[0]',
      (draft) => {
        rule(draft).trials.pop()
      },
    ],
    [
      'spec.ingress[0]: fails closed by spec.ingress[0].from[1],spec.ingress[0].protocols[0]',
      (draft) => {
        rule(draft).trials.reverse()
      },
    ],
    [
      'spec.ingress[0]: trials of unknown entries',
      (draft) => {
        ;(rule(draft).trials[0] as Trial).because = 'otherPort'
      },
    ],
    [
      'spec.ingress[0]: trials of unknown entries',
      (draft) => {
        ;(rule(draft).trials[1] as Trial).matched = true
      },
    ],
    [
      'spec.ingress[0].from[1]: unknownField says more than it can',
      (draft) => {
        ;(rule(draft).trials[0] as Trial).actual = 'x'
      },
    ],
    [
      'spec.ingress[0]: matched is true',
      (draft) => {
        rule(draft).matched = false
      },
    ],
    [
      'ingress: Admin comes to Deny',
      (draft) => {
        admin(draft).outcome = 'Pass'
      },
    ],
  ])('%s (%#)', (fault, forge) => {
    expect(judged(forge, toP, objects)).toEqual([fault])
  })

  it('of Accept matches nothing, of Pass denies', () => {
    for (const [action, outcome] of [
      ['Accept', 'none'],
      ['Pass', 'Deny'],
    ] as const) {
      const policies = [wide('closed', { ingress: [{ action, from: [{ services: {} }] }] })]
      const verdict = evaluate({ ...world, policies }, toP)
      expect([
        verdict.proof.ingress.tiers[0]?.outcome,
        proofErrors({ ...world, policies }, toP, verdict),
      ]).toEqual([outcome, []])
      expect(
        judged(
          (draft) => {
            rule(draft).matched = action === 'Accept'
          },
          toP,
          { ...world, policies },
        ),
      ).toEqual([`spec.ingress[0]: matched is ${String(action !== 'Accept')}`])
    }
  })
})

describe('of what no NetworkPolicy can block', () => {
  const own: PolicyQuery = { from: { node: 'n1' }, to: 'a/p', port: 80 }
  const self: PolicyQuery = { from: 'a/p', to: 'a/p', port: 80, service: true }
  const objects = {
    ...world,
    policies: [narrow('one', { ingress: [{}] }), narrow('two', { policyTypes: ['Ingress', 'Egress'] })],
  }

  it.each<[fault: string, forge: (draft: Draft) => void, connection: PolicyQuery, options?: NetpolOptions]>([
    [
      'NetworkPolicy: exception is ownNode',
      (draft) => {
        delete tierOf(draft).exception
      },
      own,
    ],
    [
      'NetworkPolicy: exception is self',
      (draft) => {
        delete (draft.proof.egress.tiers[1] as Tier).exception
      },
      self,
    ],
    [
      'NetworkPolicy: exception is self',
      (draft) => {
        ;(draft.proof.egress.tiers[1] as Tier).exception = 'ownNode'
      },
      self,
    ],
    [
      'NetworkPolicy: exception is undefined',
      (draft) => {
        tierOf(draft).exception = 'ownNode'
      },
      own,
      { ownNode: 'none' },
    ],
    [
      'NetworkPolicy: exception is undefined',
      (draft) => {
        ;(draft.proof.egress.tiers[1] as Tier).exception = 'ownNode'
      },
      { from: 'a/p', to: { node: 'n1' }, port: 80 },
      { ownNode: 'ingress' },
    ],
    [
      'NetworkPolicy: exception is ownNode',
      (draft) => {
        delete tierOf(draft).exception
      },
      own,
      { ownNode: 'ingress' },
    ],
    [
      'NetworkPolicy: names the policies, and no rule',
      (draft) => {
        tierOf(draft).policies.pop()
      },
      own,
    ],
    [
      'NetworkPolicy: names the policies, and no rule',
      (draft) => {
        ;(tierOf(draft).policies[1] as Policy).rules.push({
          path: 'spec.ingress[0]',
          matched: false,
          trials: [],
        })
      },
      own,
    ],
    [
      'ingress: NetworkPolicy comes to Accept',
      (draft) => {
        tierOf(draft).outcome = 'Deny'
      },
      own,
    ],
    [
      'egress: self',
      (draft) => {
        draft.proof.egress.because = 'default'
      },
      { from: 'a/p', to: 'a/p', port: 80 },
    ],
    [
      'ingress: self',
      (draft) => {
        draft.proof.ingress.tiers.push({ tier: 'Admin', outcome: 'none', policies: [] })
      },
      { from: 'a/p', to: 'a/p', port: 80 },
    ],
    [
      'egress: noSubject',
      (draft) => {
        draft.proof.egress.because = 'default'
      },
      own,
    ],
    [
      'egress: noSubject',
      (draft) => {
        draft.proof.egress.tiers.push({ tier: 'Admin', outcome: 'none', policies: [] })
      },
      own,
    ],
    [
      'egress: noSubject',
      (draft) => {
        draft.proof.egress.allowed = false
      },
      own,
    ],
  ])('%s (%#)', (fault, forge, connection, options) => {
    expect(judged(forge, connection, objects, options)).toEqual([fault])
  })

  it('a host network pod that counts as a pod is asked by NetworkPolicy alone', () => {
    const connection: PolicyQuery = { from: 'b/done', to: 'external', port: 80 }
    const { proof } = evaluate(world, connection, { hostNetwork: 'pod' })
    expect(proof.egress.tiers.map(({ tier }) => tier)).toEqual(['NetworkPolicy'])
    expect(
      judged(
        ({ proof: { egress } }) => {
          egress.tiers.unshift({ tier: 'Admin', outcome: 'none', policies: [] })
        },
        connection,
        world,
        { hostNetwork: 'pod' },
      ),
    ).toEqual(['egress: Admin comes at the place of NetworkPolicy'])
  })
})
