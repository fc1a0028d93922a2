import { readFileSync } from 'node:fs'
import { SimCluster } from 'simcluster'
import { openWays } from '../wordpress.js'
import type { Chapter, Terminal } from './terminal.js'
import { file } from './terminal.js'

const manifest = (name: string): string =>
  readFileSync(new URL(`../manifests/${name}`, import.meta.url), 'utf8')
const CLASS =
  'apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: { name: disk }\nprovisioner: csi.example.com'

const tries = async (t: Terminal): Promise<void> => {
  await t.type('kubectl exec deploy/wordpress -- nc -z -w 2 wordpress-mysql 3306 && echo open || echo closed')
  await t.type('kubectl exec stranger -- nc -z -w 2 wordpress-mysql 3306 && echo open || echo closed')
}

export const wordpress: Chapter = {
  number: 9,
  title: 'The closing exercise: WordPress and MySQL',
  begin: (version, options) => new SimCluster({ ...options, version, nodes: 3, coreDNS: true }),
  rows: [
    {
      id: 'W1',
      title: 'it comes up, and only one way to MySQL is left open',
      play: async (t) => {
        t.host
          .write('/root/wordpress.yaml', manifest('wordpress.yaml'))
          .write('/root/policies.yaml', manifest('wordpress-policies.yaml'))
        await t.type(`${file('class.yaml', CLASS)}\nkubectl apply -f class.yaml -f wordpress.yaml`)
        await t.type('kubectl run stranger --image=busybox --restart=Never --command -- sleep 1d')
        t.cluster.settle()
        await t.type('kubectl get deployments,pods,services,pvc')
        await t.type('kubectl exec stranger -- wget -qO- http://wordpress')
        await tries(t)
        await t.type('kubectl apply -f policies.yaml; kubectl get networkpolicies')
        t.cluster.settle()
        await tries(t)
      },
    },
    {
      id: 'W2',
      title: 'how it is built, and which ways are open',
      play: async (t) => {
        t.cluster.kubectl('create namespace elsewhere')
        t.cluster.apply({
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'stranger', namespace: 'elsewhere' },
          spec: { containers: [{ name: 'c', image: 'busybox', command: ['sleep', '100000'] }] },
        })
        t.cluster.settle()
        await t.type('kubectl get pods -o wide; kubectl get endpoints wordpress wordpress-mysql')
        t.say(`open: ${openWays(t.cluster).join(', ')}`)
      },
    },
  ],
}
