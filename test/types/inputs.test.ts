import { afterAll, expect, test } from 'vitest'
import * as explore from 'simcluster/explore'
import { matchers } from 'simcluster/matchers'
import { cluster } from './calls.js'
import { publicFunctions } from './public-functions.js'
import { WRONG_FUNCTIONS } from './wrong-functions.js'
import { custom, node, served, terminal, WRONG_METHODS } from './wrong-methods.js'

afterAll(() => served.close())

const ROWS = [...WRONG_FUNCTIONS, ...WRONG_METHODS]

test.each(ROWS)('%s refuses a wrong key or type, and says what was meant', async (_, call, says) => {
  await expect(async () => call()).rejects.toThrow(says)
})

/** What no row can be written for, and why. */
const NO_ROW: readonly (readonly [names: RegExp, because: string])[] = [
  [
    /^(Component|ImageBehavior|ImageDefinition|Invariant|Observer|Lesson|Goal|Eventually|Promised|Program|PolicyEnforcer)\./,
    'the user writes it, and the simulator calls it',
  ],
  [
    /^(KubectlOptions|KubeadmOptions|WorkQueueOptions|InformerOptions|ClusterOptions|Pick|Partial)\./,
    'a function in options, which the simulator calls',
  ],
  [/^new \w*(Error|Failed|Repeated|State|Class)$/, 'an error that the package throws'],
  [/^new (ClusterSnapshot|Host|DurableCluster|Reachability)$/, 'the package makes it'],
  [/^ClusterSnapshot\.(openStore|quietMemory|views)$|^NotRepeated\.of$/, 'for the package itself'],
  [/^ComponentHost\.(quietForm|random)$/, 'takes a name of free choice, or what the package itself makes'],
  [/^Selector\.matches$/, 'a policy that has been read: its labels are those of a pod that has been read'],
  [/^KindSchema\.(safeParse|~standard\.validate)$/, 'returns what is wrong, as Standard Schema defines'],
  [/^RealRecording\.save$/, 'needs a real cluster'],
]

test('has a row in the table for every function that takes anything', () => {
  const rows = new Set(ROWS.map(([name]) => /^(?:new )?\S+/.exec(name)?.[0]))
  const all = [...publicFunctions()]
  expect(all.length).toBeGreaterThan(350)
  const without = all
    .map((name) => name.replace(/^(cluster|policy|reach)Matchers\./, 'matchers.'))
    .filter((name) => !rows.has(name) && !NO_ROW.some(([names]) => names.test(name)))
  expect(without).toEqual([])
})

test('selectors may be objects', () => {
  cluster.kubectl('run labelled --image=nginx --labels=app=x')
  const names = (options: Parameters<typeof cluster.list<'pods'>>[1]): readonly string[] =>
    cluster.list('pods', options).items.map(({ metadata }) => metadata.name)
  expect(names({ labelSelector: { app: 'x' } })).toEqual(['labelled'])
  expect(names({ labelSelector: { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] } })).toEqual([
    'web',
  ])
  expect(names({ labelSelector: {} })).toEqual(['labelled', 'web'])
  expect(names({ fieldSelector: { 'metadata.name': 'web' } })).toEqual(['web'])
  expect(cluster.client.list('pods', { labelSelector: { app: 'x' } }).items).toHaveLength(1)
  expect(cluster.state.peek('pods', { labelSelector: { app: 'x' } })).toHaveLength(1)
})

/** Handles whose types are not exported, and what of them takes nothing that could be wrong. */
const UNNAMED: readonly (readonly [type: string, of: object, free: string])[] = [
  ['NodeHandle', node, 'cordon uncordon crash recover reboot partition repair shutdown cancelShutdown'],
  ['KubeletHandle', node.kubelet, 'stop start kill restart renewCertificate'],
  ['ApiserverHandle', cluster.apiserver, 'stop start startAfter'],
  ['ComponentHandle', cluster.component('kube-scheduler'), 'stop start restart logs'],
  ['CustomResource', custom, ''],
  ['Host', terminal, ''],
  ['matchers', matchers, ''],
  ['explorationMatchers', explore.explorationMatchers, ''],
]

/** The names of the methods of an object, and of those that it inherits. */
function methodsOf(object: object): readonly string[] {
  const names = new Set<string>()
  for (
    let at: object | null = object;
    at !== null && at !== Object.prototype;
    at = Reflect.getPrototypeOf(at)
  )
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at)))
      if (typeof value === 'function' && name !== 'constructor') names.add(name)
  return [...names].toSorted()
}

test.each(UNNAMED)('each method of a %s has a row in the table', (type, of, free) => {
  const rows = new Set(ROWS.map(([name]) => name.split(' ')[0]))
  const known = free.split(' ')
  expect(methodsOf(of).filter((name) => !rows.has(`${type}.${name}`) && !known.includes(name))).toEqual([])
})
