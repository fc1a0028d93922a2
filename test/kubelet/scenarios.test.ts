import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stateFromJson, stateToJson } from '../../src/sim/state.js'
import { Lab } from './lab.js'

type Verb =
  | { readonly verb: 'create' | 'delete' | 'force'; readonly pod: number }
  | { readonly verb: 'restart' | 'crash' | 'partition'; readonly ms: number }
  | { readonly verb: 'advance'; readonly ms: number }

const pod = fc.integer({ min: 0, max: 3 })
const ms = fc.constantFrom(0, 50, 200, 450, 900, 1_500, 5_000, 12_000, 40_000)
const verb: fc.Arbitrary<Verb> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ verb: fc.constant('create' as const), pod }) },
  { weight: 2, arbitrary: fc.record({ verb: fc.constant('delete' as const), pod }) },
  { weight: 1, arbitrary: fc.record({ verb: fc.constant('force' as const), pod }) },
  {
    weight: 3,
    arbitrary: fc.record({
      verb: fc.constantFrom('restart' as const, 'crash' as const, 'partition' as const),
      ms,
    }),
  },
  { weight: 5, arbitrary: fc.record({ verb: fc.constant('advance' as const), ms }) },
)

const SPECS: readonly object[] = [
  {},
  {
    terminationGracePeriodSeconds: 3,
    initContainers: [{ name: 's', image: 'proxy', restartPolicy: 'Always' }],
  },
  { initContainers: [{ name: 'init', image: 'init' }] },
  {
    hostNetwork: true,
    containers: [
      { name: 'c', image: 'slow' },
      { name: 'd', image: 'nginx:1.27' },
    ],
  },
]
const OPTIONS = { machine: { images: { init: { exitAfter: 2_000 }, slow: { ignoresSigterm: true } } } }

function play(lab: Lab, verbs: readonly Verb[]): void {
  for (const step of verbs) {
    if (step.verb === 'advance') lab.advance(step.ms)
    else if ('pod' in step) onPod(lab, step.verb, step.pod)
    else onNode(lab, step.verb, step.ms)
  }
}

function onPod(lab: Lab, verb: 'create' | 'delete' | 'force', number: number): void {
  const name = `p${number}`
  const there = lab.find(name)
  if (verb === 'create' && !there) lab.create(name, SPECS[number])
  if (verb === 'create' || !there) return
  lab.client.delete('pods', { namespace: 'default', name }, verb === 'force' ? { gracePeriodSeconds: 0 } : {})
}

function onNode(lab: Lab, verb: 'restart' | 'crash' | 'partition', time: number): void {
  if (verb === 'restart') lab.stopKubelet()
  else if (verb === 'crash') lab.crash()
  else lab.partition()
  lab.advance(time)
  if (verb === 'restart') lab.startKubelet()
  else if (verb === 'crash') lab.recover()
  else lab.repair()
}

function comeToRest(lab: Lab): void {
  lab.settle()
  lab.advance('2m')
  lab.settle()
}

/** What must hold once all is healthy and at rest. */
function check(lab: Lab): void {
  const pods = lab.client.list('pods').items
  for (const { metadata, status } of pods) {
    expect(metadata.deletionTimestamp, metadata.name).toBeUndefined()
    expect(status.phase, metadata.name).toBe('Running')
    expect(
      status.conditions?.every((condition) => condition.status === 'True'),
      metadata.name,
    ).toBe(true)
    const statuses = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])]
    expect(
      statuses.every(({ ready }) => ready),
      metadata.name,
    ).toBe(true)
    for (const { name, restartCount } of statuses) {
      const container = lab.machine
        .pod(metadata.uid as string)
        ?.containers.findLast((known) => known.name === name)
      expect(container?.attempt, `${metadata.name}/${name}`).toBe(restartCount)
    }
  }
  const uids = pods.map(({ metadata }) => metadata.uid as string)
  expect(new Set([...lab.machine.pods()].map(({ uid }) => uid))).toEqual(new Set(uids))
  const ips = pods.filter(({ spec }) => !spec.hostNetwork).map(({ status }) => status.podIP)
  expect(new Set(ips).size).toBe(ips.length)
  const usage = lab.sim.slice('kubelet/node-1', 'usage', () => ({ pods: -1 })).value
  expect(usage.pods).toBe(pods.length)
}

test('whatever happens to pods and node, everything that is wanted runs in the end, and nothing else', () => {
  fc.assert(
    fc.property(
      fc.array(verb, { maxLength: 25 }),
      fc.constantFrom('fifo' as const, 'seeded' as const),
      (verbs, interleaving) => {
        const lab = new Lab({ ...OPTIONS, interleaving }).settle()
        play(lab, verbs)
        comeToRest(lab)
        check(lab)
      },
    ),
    { seed: 7, numRuns: 120 },
  )
})

test('a copy made at any moment, also through JSON, has the same future', () => {
  fc.assert(
    fc.property(fc.array(verb, { maxLength: 12 }), fc.array(verb, { maxLength: 8 }), (before, after) => {
      const lab = new Lab(OPTIONS).settle()
      play(lab, before)
      const copies = [
        lab.fork(),
        lab.fork((state) => stateFromJson(JSON.parse(JSON.stringify(stateToJson(state))))),
      ]
      const futures = [lab, ...copies].map((each) => {
        play(each, after)
        comeToRest(each)
        return each.sim.trace.toString()
      })
      expect(new Set(futures).size).toBe(1)
    }),
    { seed: 7, numRuns: 40 },
  )
})
