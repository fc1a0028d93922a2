import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ConfigMap } from '../../src/api/core/generated.js'
import type { KubectlOptions } from '../../src/kubectl/call/environment.js'
import { files } from './manifests.js'
import type { Machine } from './machine.js'
import { addBudget, addDaemonSet, addNode, addPod, machine } from './machine.js'

/** One command as kubectl 1.35.2 answered it. */
interface Recorded {
  readonly words: readonly string[]
  readonly situation?: string
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

const recorded = JSON.parse(
  readFileSync(new URL('../fixtures/kubectl/texts.json', import.meta.url), 'utf8'),
) as readonly Recorded[]

/** Differences that stay, by command and situation, with the reason. */
const accepted: Readonly<Record<string, string>> = {
  'drain node1 | unmanaged pod, local storage, daemonset pods':
    'groups are sorted by text; Go prints them in random order',
  'drain node1 --ignore-daemonsets --delete-emptydir-data --force':
    'pods go in list order; goroutines finish in random order',
  'drain node1 --ignore-daemonsets --force --dry-run=client':
    'warning groups are sorted; Go prints them in random order',
  'drain node1 --ignore-daemonsets --force --timeout=8s | eviction answers 404':
    'a stub that refuses what it lists',
  'label node node1 --list': 'labels are sorted; Go prints them in random order',
  'create -f pod-gen.yaml': 'the generated name is random',
  'get pods -l a=b=c | bad selector (server 400)':
    'the recording server words the fault differently; 6-kubectl.json has the real text',
  'create -f badfield.yaml --validate=warn | unknown fields, validate=warn':
    'the in-process client does not hand out warnings yet',
}

type Setup = (it: Machine) => void

const naked: Setup = ({ client }) => addPod(client, 'naked', { labels: { app: 'naked' } })
const local: Setup = ({ client }) =>
  addPod(client, 'local', { emptyDir: true, owner: { kind: 'ReplicaSet', name: 'r' } })
const logger: Setup = ({ client }) =>
  addPod(client, 'logger-x', { owner: { kind: 'DaemonSet', name: 'logger' } })
const replicated: Setup = ({ client }) =>
  addPod(client, 'rp', { owner: { kind: 'ReplicaSet', name: 'r' }, labels: { app: 'r' } })
const apply =
  (file: string): Setup =>
  ({ kubectl }) =>
    void kubectl(['apply', '-f', file], { files })
const run =
  (line: string): Setup =>
  ({ kubectl }) =>
    void kubectl(line, { files })
const all =
  (...setups: readonly Setup[]): Setup =>
  (it) =>
    setups.forEach((setup) => setup(it))

/** What must have happened before, where the usual two pods are not it. */
const before: readonly (readonly [key: RegExp, setup: Setup])[] = [
  [/^drain node1 --ignore-daemonsets --timeout=7s/, all(replicated, (it) => addBudget(it, 0))],
  [
    /^drain node1 --ignore-daemonsets --timeout=30s/,
    all(
      replicated,
      (it) => addBudget(it, 0),
      ({ client, hooks }) => {
        hooks.push(() =>
          client.patch(
            'poddisruptionbudgets',
            { name: 'b', namespace: 'default' },
            { type: 'merge', body: { status: { disruptionsAllowed: 1 } } },
            { subresource: 'status' },
          ),
        )
      },
    ),
  ],
  [/^create .*objects already exist/, apply('multi.yaml')],
  [
    /^drain node1 \| unmanaged/,
    all(naked, local, ({ client }) => addDaemonSet(client, 'logger', 'default'), logger),
  ],
  [/^drain node1 --ignore-daemonsets \| unmanaged/, naked],
  [/emptyDir$/, local],
  [/DaemonSet is gone/, logger],
  [/completed unmanaged/, ({ client }) => addPod(client, 'done', { phase: 'Succeeded' })],
  [/^drain node1 --ignore-daemonsets( --grace-period=5 --timeout=60s)?$/, replicated],
  [
    /^drain node1 --ignore-daemonsets --delete/,
    all(naked, local, ({ client }) => addDaemonSet(client, 'logger', 'default'), logger),
  ],
  [/^drain node1 .*--force/, naked],
  [
    /^(drain|cordon|uncordon|version|get nodes|get foo|create|get pods \| no|get deploy|gett|get pods -n nope|get pods -A$|get pods --sort-by=.nope|get pods --nope)/,
    () => undefined,
  ],
  [/objects already exist|^delete -f multi|^delete deploy/, apply('multi.yaml')],
  [/^apply .*dep2.yaml \| object lacks/, run('create -f multi.yaml')],
  [/^apply .*dep2.yaml|immutable/, apply('multi.yaml')],
  [/^annotate pod a note-/, (it) => all(withPods, run('annotate pod a note=x'))(it)],
  [
    /fin --timeout/,
    ({ client }) =>
      client.create('configmaps', {
        metadata: { name: 'fin', namespace: 'default', finalizers: ['example.com/keep'] },
      } as ConfigMap),
  ],
  [/^get pod a$|^get pod a nope/, ({ client }) => addPod(client, 'a', { labels: { app: 'a' } })],
  [/^taint nodes node1 k=v:NoSchedule \| taint exists/, run('taint node node1 k=v:NoSchedule')],
]

const withPods: Setup = ({ client }) => {
  addPod(client, 'a', { labels: { app: 'a' }, ip: '10.244.1.29' })
  addPod(client, 'b', { labels: { app: 'b' }, node: 'node2', ip: '10.244.1.30' })
}

const keyOf = ({ words, situation }: Recorded): string =>
  words.join(' ') + (situation === undefined ? '' : ` | ${situation}`)

/** How often each command has come so far: the second time means that the first has been run. */
function setUp(one: Recorded, nth: number): Machine {
  const it = machine({ version: 'v1.35.2' })
  addNode(it.client, 'cp1', { 'node-role.kubernetes.io/control-plane': '' }, [
    { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' },
  ])
  for (const name of ['node1', 'node2']) addNode(it.client, name)
  if (
    !/DaemonSet is gone|force --pod-sel|^get pod|^label pods|^delete pods|--field/.test(keyOf(one)) ||
    /-A/.test(keyOf(one))
  )
    addProxies(it)
  const key = keyOf(one)
  const [, setup = withPods] = before.find(([pattern]) => pattern.test(key)) ?? []
  setup(it)
  if (nth > 0 || key.startsWith('uncordon'))
    it.kubectl(key.startsWith('uncordon') && nth === 0 ? ['cordon', 'node1'] : one.words, { files })
  return it
}

function addProxies({ client }: Machine): void {
  addDaemonSet(client, 'kube-proxy', 'kube-system')
  for (const at of [1, 2]) {
    addPod(client, `kube-proxy-${at}abcd`, {
      namespace: 'kube-system',
      node: `node${at}`,
      owner: { kind: 'DaemonSet', name: 'kube-proxy' },
    })
  }
}

const stdins: Readonly<Record<string, string>> = {
  'create -f -': files['pod.yaml'] as string,
  'apply -f - | immutable selector changed': files['immutable.yaml'] as string,
  'apply --force -f - | immutable change with --force': files['immutable.yaml'] as string,
}

/** Ages in the recordings are 0s or 1s, as it happened. */
const normal = (text: string): string => text.replaceAll(/\b1s(?=\s)/g, '0s')

describe('commands recorded from kubectl 1.35.2', () => {
  const seen = new Map<string, number>()
  for (const one of recorded) {
    const key = keyOf(one)
    const nth = seen.get(key) ?? 0
    seen.set(key, nth + 1)
    const title = nth === 0 ? key : `${key} (again)`
    const differs = accepted[key]
    it(differs === undefined ? title : `${title}: differs, ${differs}`, () => {
      const { kubectl } = setUp(one, nth)
      const stdin = stdins[key]
      const options: KubectlOptions = {
        files: key.includes('422') ? { ...files, 'pod.yaml': files['pod-bad.yaml'] as string } : files,
      }
      const { stdout, stderr, exitCode } = kubectl(
        one.words,
        stdin === undefined ? options : { ...options, stdin },
      )
      const ours = { stdout: normal(stdout), stderr: normal(stderr), exitCode }
      const theirs = { stdout: normal(one.stdout), stderr: normal(one.stderr), exitCode: one.exitCode }
      if (differs === undefined) expect(ours).toEqual(theirs)
      else expect(ours).not.toEqual(theirs)
    })
  }
})
