import { readFileSync } from 'node:fs'
import { SimCluster } from 'simcluster'
import type { ClusterOptions } from 'simcluster'
import type { Chapter, Terminal } from './terminal.js'
import { file } from './terminal.js'

const POOL = 'gke-standard-cluster-1-default-pool-bdf36b75'
const manifest = (name: string): string =>
  readFileSync(new URL(`../manifests/${name}`, import.meta.url), 'utf8')

/** The three nodes of the course with its workloads, thirty hours old. */
export function courseCluster(version: string, options: ClusterOptions = {}): SimCluster {
  const isOld = version === 'v1.14'
  const cluster = new SimCluster({
    ...options,
    version,
    nodes: ['dlzj', 'rct0', 'x5j5'].map((suffix) => ({
      name: `${POOL}-${suffix}`,
      kubeletVersion: isOld ? 'v1.13.7-gke.8' : `${version}.2`,
    })),
  })
  cluster.apply(manifest('office.yaml'))
  cluster.settle()
  return cluster.advance('30h')
}

/** The node that the pod with an emptyDir runs on. */
const victim = ({ cluster }: Terminal): string =>
  cluster.get('pods', { namespace: 'default', name: 'two-containers' }).spec.nodeName ?? ''
const flags = ({ isOldKubectl }: Terminal): string =>
  `${isOldKubectl ? '--delete-local-data' : '--delete-emptydir-data'} --ignore-daemonsets --force`

/** The node that has been drained at this desk. */
const drained = ({ typed }: Terminal): string =>
  typed.map(({ line }) => /^kubectl drain (\S+)$/.exec(line)?.[1]).find((name) => name !== undefined) ?? ''

export const nodeMaintenance: Chapter = {
  number: 1,
  title: 'Node maintenance',
  begin: courseCluster,
  rows: [
    { id: 'N1', title: 'the nodes', play: async (t) => void (await t.type('kubectl get node')) },
    {
      id: 'N2',
      title: 'drain is refused, and leaves the node cordoned',
      play: async (t) => void (await t.type(`kubectl drain ${victim(t)}`)),
    },
    {
      id: 'N3',
      title: 'drain with the flags that it asks for',
      play: async (t) => void (await t.type(`kubectl drain ${drained(t)} ${flags(t)}`)),
    },
    {
      id: 'N4',
      title: 'the node takes no new pods',
      play: async (t) => void (await t.type('kubectl get node')),
    },
    {
      id: 'N5',
      title: 'nothing but DaemonSet pods is left',
      play: async (t) => {
        t.cluster.settle()
        await t.type(`kubectl get pod -o wide | grep ${drained(t)}`)
        await t.type(`kubectl get pod --all-namespaces -o wide | grep ${drained(t)}`)
      },
    },
    {
      id: 'N6',
      title: 'uncordon',
      play: async (t) => {
        await t.type(`kubectl uncordon ${drained(t)}`)
        await t.type('kubectl get node')
      },
    },
    {
      id: 'N7',
      title: 'do pods move back?',
      play: async (t) => {
        await t.type('kubectl get pod -o wide')
        t.wait('1h')
        await t.type('kubectl get pod -o wide')
      },
    },
    {
      id: 'N8',
      title: 'cordon keeps what runs, and refuses what is new',
      play: async (t) => {
        const names = t.cluster.nodes().map(({ name }) => name)
        for (const name of names) await t.type(`kubectl cordon ${name}`)
        await t.type('kubectl run late --image=nginx --restart=Never')
        t.wait('1m')
        await t.type('kubectl get pod late')
        await t.type(`kubectl uncordon ${names.join(' ')}`)
        t.wait('1m')
        await t.type('kubectl get pod late')
        await t.type('kubectl delete pod late')
      },
    },
    {
      id: 'N9',
      title: 'a node goes down',
      play: async (t) => {
        const [name = ''] = t.cluster
          .list('pods', { labelSelector: 'run=php-apache' })
          .items.map(({ spec }) => spec.nodeName ?? '')
        t.say(`${name} loses power`)
        t.cluster.node(name).crash()
        t.wait('30s')
        await t.type(`kubectl get node ${name}`)
        t.wait('40s')
        await t.type(`kubectl get node ${name}`)
        await t.type(`kubectl describe node ${name} | grep -A1 Taints`)
        t.wait('6m')
        await t.type('kubectl get pod -l run=php-apache -o wide')
        t.say('power is back')
        t.cluster.node(name).recover()
        t.wait('2m')
        await t.type('kubectl get node')
      },
    },
    {
      id: 'N10',
      title: 'one node after the other, under a budget',
      play: async (t) => {
        const budget = manifest('budget.yaml')
        await t.type(file('budget.yaml', t.isOld ? budget.replace('policy/v1', 'policy/v1beta1') : budget))
        await t.type('kubectl apply -f budget.yaml')
        t.cluster.settle()
        for (const { name } of t.cluster.nodes()) {
          await t.type(`kubectl drain ${name} ${flags(t)}`)
          t.cluster.node(name).reboot()
          t.cluster.settle()
          await t.type(`kubectl uncordon ${name}`)
        }
        await t.type('kubectl get pdb')
        await t.type('kubectl get pod -l run=php-apache')
      },
    },
  ],
}
