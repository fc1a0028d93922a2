import { SimCluster } from 'simcluster'
import { hostOf } from 'simcluster/host'
import { courseCluster } from './1-node-maintenance.js'
import type { Chapter } from './terminal.js'
import { file } from './terminal.js'

const CREDENTIALS =
  '--cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/server.crt --key ' +
  '/etc/kubernetes/pki/etcd/server.key'

export const backup: Chapter = {
  number: 3,
  title: 'Backup and restore',
  begin: courseCluster,
  rows: [
    {
      id: 'B1',
      title: 'resources as YAML',
      play: async (t) => {
        await t.type('kubectl create configmap settings --from-literal=colour=blue')
        await t.type('kubectl get all --all-namespaces -o yaml > all.yaml; grep -c "^  kind:" all.yaml')
        const empty = await t.beside(
          new SimCluster({ version: t.cluster.version, nodes: 3, start: t.cluster.now() }),
        )
        empty.host.write('/root/all.yaml', t.host.read('/root/all.yaml') ?? '')
        await empty.type('kubectl create -f all.yaml 2>/dev/null | tail -4')
        empty.cluster.settle()
        t.typed.push(await empty.type('kubectl get deployments; kubectl get configmap settings'))
      },
    },
    {
      id: 'B2',
      title: 'a snapshot of etcd',
      play: async (t) => {
        await t.type(
          'ENDPOINT=https://127.0.0.1:2379; ETCDCTL_API=3 etcdctl --endpoints $ENDPOINT ' +
            `${CREDENTIALS} snapshot save snapshotdb`,
        )
      },
    },
    {
      id: 'B3',
      title: 'what is in it',
      play: async (t) =>
        void (await t.type('ETCDCTL_API=3 etcdctl --write-out=table snapshot status snapshotdb')),
    },
    {
      id: 'B4',
      title: 'the snapshot is restored',
      play: async (t) => {
        const copy = hostOf(t.cluster, 'master')
        const saved = await copy.sh('base64 -w0 snapshotdb')
        const restored = SimCluster.fromEtcdSnapshot(
          Uint8Array.from(atob(saved.stdout), (char) => char.charCodeAt(0)),
          { version: t.cluster.version, start: t.cluster.now() },
        )
        restored.settle()
        t.say('a new cluster from the file:')
        const other = await t.beside(restored)
        t.typed.push(await other.type('kubectl get deployments; kubectl get configmap settings'))
      },
    },
    {
      id: 'B5',
      title: 'volumes',
      play: async (t) => {
        await t.type(
          `${file(
            'claim.yaml',
            `apiVersion: v1
kind: PersistentVolume
metadata: { name: disk }
spec: { capacity: { storage: 1Gi }, accessModes: [ReadWriteOnce], hostPath: { path: /data }, storageClassName: manual }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: claim }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } }, storageClassName: manual }`,
          )}\nkubectl apply -f claim.yaml`,
        )
        t.cluster.settle()
        await t.type('kubectl get pv,pvc')
        await t.type(
          'kubectl get pv,pvc -o yaml > volumes.yaml; kubectl get all --all-namespaces -o yaml | grep ' +
            '-c PersistentVolume',
        )
      },
    },
    {
      id: 'B6',
      title: 'the exercise: both backups',
      play: async (t) => {
        await t.type(
          'kubectl get all,pv,pvc,configmaps,secrets --all-namespaces -o yaml > everything.yaml; ' +
            `etcdctl ${CREDENTIALS} snapshot save /root/backup.db; ls /root`,
        )
      },
    },
  ],
}
