import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { explainConnection, compare, evaluateModel, readWorld } from '../../src/netpol/index.js'
import { netpolArbitraries } from '../../src/testing/netpol/arbitraries.js'
import { connectionIn, options, world } from './arbitraries.js'
import { TINY } from './tiny.js'

// what is never met would be agreed on for nothing: that properties are not vacuous

it('random worlds meet every reason that a proof can give', () => {
  const seen = new Set<string>()
  const where = fc
    .tuple(world, options)
    .chain(([each, choice]) =>
      fc.tuple(
        fc.constant(each),
        fc.constant(choice),
        fc.array(connectionIn(each), { minLength: 20, maxLength: 24 }),
      ),
    )
  fc.assert(
    fc.property(where, ([objects, choice, connections]) => {
      const model = readWorld(objects, choice)
      for (const { proof } of connections.map((each) => evaluateModel(model, each))) {
        ;[proof.egress, proof.ingress]
          .flatMap(({ because, tiers }) => [
            because,
            ...tiers.flatMap(({ policies, exception }) => [
              `exception:${String(exception)}`,
              ...policies.flatMap(({ rules }) =>
                rules.flatMap(({ trials, failsClosed }) => [
                  `closed:${String(failsClosed)}`,
                  ...trials.map((trial) => trial.because),
                ]),
              ),
            ]),
          ])
          .forEach((each) => seen.add(each))
      }
    }),
    { numRuns: 250 },
  )
  expect([...seen].sort()).toMatchInlineSnapshot(`
    [
      "Admin",
      "Baseline",
      "NetworkPolicy",
      "addressExcepted",
      "addressInRange",
      "addressOfPod",
      "addressOutOfRange",
      "closed:true",
      "closed:undefined",
      "default",
      "domainMatched",
      "everyPeer",
      "everyPort",
      "everyPortOfProtocol",
      "exception:ownNode",
      "exception:self",
      "exception:undefined",
      "namedPortMatched",
      "namespaceLabels",
      "noAddress",
      "noDomain",
      "noSubject",
      "noSuchNamedPort",
      "nodeLabels",
      "nodeSelected",
      "notANode",
      "notAPod",
      "otherDomain",
      "otherFamily",
      "otherNamespace",
      "otherPort",
      "otherProtocol",
      "podLabels",
      "podSelected",
      "portMatched",
      "self",
      "unknownField",
    ]
  `)
})

it('random pairs of policies lie to each other in every way', () => {
  const { policies } = netpolArbitraries(fc, { vocabulary: TINY })
  const relations = new Set<string>()
  fc.assert(
    fc.property(policies, policies, (a, b) => {
      relations.add(compare(a, b).relation)
    }),
    { numRuns: 40 },
  )
  expect([...relations].sort()).toEqual(['a-allows-less', 'a-allows-more', 'equal', 'neither'])
})

it('labels decide often enough', () => {
  let count = 0
  fc.assert(
    fc.property(netpolArbitraries(fc).scenario, ({ world: objects, connection, options: choice }) => {
      count += Number(explainConnection(objects, connection, choice).labels !== undefined)
    }),
    { numRuns: 60 },
  )
  expect(count).toBeGreaterThan(5)
})
