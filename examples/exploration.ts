/**
 * A controller of 40 lines that can be wrong in three classic ways, and how `explore()` finds each. Run it
 * with `npx tsx examples/exploration.ts`; docs/exploration.md explains what it prints.
 */
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { SimCluster, type Component } from 'simcluster'
import type { ConfigMap } from 'simcluster/types'
import { explore, type ExploredAction, type ExploreOptions } from 'simcluster/explore'

/** The ways in which the gadget controller can be wrong; all false: it is right. */
export interface Bugs {
  /** It trusts its cache, so that it creates a part again that it does not see yet (kuberay#715). */
  readonly staleCache?: boolean
  /** It writes the whole object that it has read from its cache, without a resourceVersion. */
  readonly lostUpdate?: boolean
  /** It marks its work as done before it does it (Sieve: intermediate state). */
  readonly marksFirst?: boolean
}

const PART = 'gadget-part'

/**
 * A controller of 40 lines: for each ConfigMap with `size` it keeps as many part ConfigMaps, and writes their
 * number into the annotation `parts`.
 */
export function gadgetController(bugs: Bugs = {}): Component {
  return {
    name: 'gadget-controller',
    identity: { name: 'system:serviceaccount:default:gadgets', groups: ['system:masters'] },
    setup: (host) => {
      const gadgets = host.informer('configmaps', { namespace: 'default', labelSelector: `!${PART}` })
      const parts = host.informer('configmaps', { namespace: 'default', labelSelector: PART })
      gadgets.onChange(({ object }) => object.data?.['size'] && queue.add(object.metadata.name))
      parts.onChange(({ object }) => queue.add(object.metadata.labels?.[PART] as string))
      const list = { namespace: 'default', labelSelector: PART }
      const partsOf = (name: string): readonly ConfigMap[] =>
        (bugs.staleCache ? parts.list() : host.client.list('configmaps', list).items).filter(
          ({ metadata }) => metadata.labels?.[PART] === name,
        )
      const reconcile = (name: string): void => {
        const gadget = gadgets.get(`default/${name}`)
        if (gadget === undefined) return
        const wanted = Number(gadget.data?.['size'])
        if (bugs.marksFirst && gadget.data?.['done'] === String(wanted)) return
        const mark = { ...gadget.data, done: String(wanted) }
        if (bugs.marksFirst) host.client.update('configmaps', { ...gadget, data: mark })
        for (let missing = wanted - partsOf(name).length; missing > 0; missing -= 1) {
          const metadata = { generateName: `${name}-`, namespace: 'default', labels: { [PART]: name } }
          host.client.create('configmaps', { metadata })
        }
        if (!bugs.lostUpdate || gadget.data?.['seen'] === String(wanted)) return
        const { resourceVersion: _version, ...metadata } = gadget.metadata
        host.client.update('configmaps', {
          ...gadget,
          metadata,
          data: { ...gadget.data, seen: String(wanted) },
        })
      }
      const queue = host.workQueue('gadgets', (name) => {
        reconcile(name)
        queue.forget(name) // its next failure is the first one again
      })
    },
  }
}

/** A small cluster with the controller and a gadget of one part. */
export function gadgetCluster(bugs: Bugs = {}): SimCluster {
  const cluster = new SimCluster({ nodes: 0, components: [gadgetController(bugs)] })
  cluster.create('configmaps', { metadata: { name: 'gadget' }, data: { size: '1' } })
  return cluster.settle()
}

/** Number of parts of the gadget. */
export function countParts(cluster: SimCluster): number {
  return cluster.list('configmaps', { namespace: 'default', labelSelector: `${PART}=gadget` }).items.length
}

/** The user makes the gadget bigger; at some time, somebody labels it. */
export const resize: readonly ExploredAction[] = [
  {
    name: 'resize',
    do: (cluster) =>
      cluster.edit('configmaps', 'gadget', (draft) => void (draft.data = { ...draft.data, size: '3' })),
  },
  { name: 'label', do: (cluster) => cluster.kubectl('label configmap gadget team=a'), at: 'any' },
]

/** What must hold of a gadget that is resized to three parts. */
export const asWanted: ExploreOptions = {
  actions: resize,
  always: [
    {
      name: 'never too many parts',
      holds: (cluster) => countParts(cluster) <= 3 || `${countParts(cluster)} parts`,
    },
  ],
  eventually: [
    { name: 'enough parts', holds: (cluster) => countParts(cluster) >= 3, within: '10m' },
    {
      name: 'the label stays',
      holds: (cluster) => cluster.get('configmaps', 'gadget').metadata.labels?.['team'] === 'a',
      within: '10m',
    },
  ],
}

/** Each bug, and the deviations that show it. */
export const hunts: readonly (readonly [title: string, Bugs, ExploreOptions])[] = [
  ['it trusts its cache', { staleCache: true }, { search: { delays: 1 } }],
  [
    'it marks its work before it does it',
    { marksFirst: true },
    { search: { delays: 0 }, faults: { crash: 1, of: ['gadget-controller'] } },
  ],
  [
    'it writes what it has read',
    { lostUpdate: true },
    { search: { delays: 0 }, lag: { of: ['gadget-controller'], max: '1m' } },
  ],
]

if (argv[1] === fileURLToPath(import.meta.url)) {
  for (const [title, bugs, bounds] of hunts) {
    const options = { ...asWanted, ...bounds }
    const { story, schedules } = explore(gadgetCluster(bugs), options)
    console.log(`${title}: found in ${schedules} runs\n\n${story}\n`)
    const { verdict } = explore(gadgetCluster(), options)
    console.log(`the controller without the bug: ${verdict}\n`)
  }
}
