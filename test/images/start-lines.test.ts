import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { hostOf } from 'simcluster/host'
import { defineImage } from 'simcluster/images'
import { COMPONENTS } from '../../src/cluster/kubeadm/images.js'

const logs = (cluster: SimCluster, words: string): string =>
  cluster.kubectl(`logs -n kube-system ${words}`).stdout

test("the programs of a kubeadm cluster have logged their start, with the cluster's values", () => {
  const cluster = new SimCluster({ like: 'kubeadm', nodes: 1, version: 'v1.34.2' })
  for (const name of COMPONENTS) expect(logs(cluster, `${name}-control-plane`)).not.toBe('')
  expect(logs(cluster, 'kube-apiserver-control-plane')).toContain(
    'options.go:263] external host was not specified, using 10.0.0.10\n',
  )
  expect(logs(cluster, 'kube-apiserver-control-plane')).toContain('] Version: v1.34.2\n')
  expect(logs(cluster, 'kube-scheduler-control-plane').split('\n').at(-2)).toMatch(
    /"Successfully acquired lease" lock="kube-system\/kube-scheduler"$/,
  )
  expect(logs(cluster, 'kube-controller-manager-control-plane')).toContain(
    'Serving securely on 127.0.0.1:10257\n',
  )
  const [first = ''] = logs(cluster, 'etcd-control-plane').split('\n')
  expect(JSON.parse(first)).toMatchObject({ msg: 'Running: ', args: expect.arrayContaining(['etcd']) })
  const proxies = cluster.list('pods', { labelSelector: 'k8s-app=kube-proxy' }).items
  expect(proxies).toHaveLength(2)
  for (const { metadata, status } of proxies)
    expect(logs(cluster, metadata.name)).toContain(`NodeIPs=["${status.podIP}"]`)
  expect(logs(cluster, '-l k8s-app=kube-dns --tail=1')).toMatch(/^(?:CoreDNS-1\.12\.1\n){2}$/)
})

test("kube-proxy says the mode of its ConfigMap, and older releases' words", () => {
  const cluster = new SimCluster({ like: 'kubeadm', nodes: 1, version: 'v1.31.0' })
  const { data = {}, ...map } = cluster.get('configmaps', 'kube-system/kube-proxy')
  const ipvs = data['config.conf']?.replace('mode: ""', 'mode: "ipvs"') ?? ''
  cluster.update('configmaps', { ...map, data: { ...data, 'config.conf': ipvs } })
  cluster.kubectl('rollout restart daemonset kube-proxy -n kube-system')
  cluster.settle()
  const text = logs(cluster, 'daemonset/kube-proxy')
  expect(text).toContain('] "Using ipvs proxy"\n')
  expect(text).toContain('] Caches are synced for service config\n')
})

test('what an image logs at its start is shown once, by kubectl and by crictl, and since when', async () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.kubectl('run web --image=nginx')
  cluster.settle()
  const line = '/docker-entrypoint.sh: Configuration complete; ready for start up\n'
  expect(cluster.logs('web')).toBe(line)
  const host = hostOf(cluster, 'node-1')
  expect((await host.sh('crictl logs $(crictl ps -q --name web)')).stdout).toBe(line)
  cluster.advance('10m')
  expect(cluster.logs('web', { sinceSeconds: 60 })).toBe('')
  expect(cluster.fork().logs('web')).toBe(line)
  cluster.kubectl('run other --image=nginx --command -- sh -c "echo mine; sleep 1h"')
  cluster.settle()
  expect(cluster.logs('other')).toBe('mine\n')
})

test('a function computes the lines of an image when its log is read, as of its start', () => {
  let calls = 0
  const app = defineImage({
    name: 'app',
    logs: ({ now, startedAt, image, env }) => {
      calls++
      return [`${image} ${env['MODE'] ?? ''} ${now - startedAt}`]
    },
    behavior: { start: () => ({ log: ['ready'] }), request: () => ({ exit: 1 }) },
  })
  const cluster = new SimCluster({ nodes: 1, images: { app } })
  cluster.kubectl('run app --image=app:v2 --env=MODE=fast --port=80')
  cluster.advance('2m')
  expect(calls).toBe(0)
  expect(cluster.logs('app')).toBe('app:v2 fast 0\nready\n')
  expect(cluster.logs('app', { tailLines: 1 })).toBe('ready\n')
})

test('the last lines of a log that is the termination message begin with those of the image', () => {
  const app = defineImage({
    name: 'app',
    logs: ['begin'],
    behavior: { start: () => ({ log: ['failed'], exit: 3 }) },
  })
  const cluster = new SimCluster({ nodes: 1, images: { app } })
  cluster.create('pods', {
    metadata: { name: 'app' },
    spec: {
      restartPolicy: 'Never',
      containers: [{ name: 'app', image: 'app', terminationMessagePolicy: 'FallbackToLogsOnError' }],
    },
  })
  cluster.settle()
  expect(cluster.get('pods', 'app').status.containerStatuses?.[0]?.state?.terminated?.message).toBe(
    'begin\nfailed\n',
  )
})

test('a scheduler that cannot reach the apiserver has not got its lease', async () => {
  const cluster = new SimCluster({ kubeadm: { init: false }, nodes: 1 })
  const master = hostOf(cluster, 'master')
  await master.sh('kubeadm init --pod-network-cidr=10.244.0.0/16')
  cluster.settle()
  const name = 'kube-scheduler-control-plane'
  expect(logs(cluster, name).match(/Successfully acquired lease/g)).toHaveLength(1)
  await master.sh('sed -i s/6443/6444/ /etc/kubernetes/scheduler.conf')
  await master.sh('sed -i s/100m/101m/ /etc/kubernetes/manifests/kube-scheduler.yaml')
  cluster.advance('1m')
  await master.sh('true')
  const text = logs(cluster, name)
  expect(text).toContain('"Attempting to acquire leader lease..."')
  expect(text).not.toContain('Successfully acquired lease')
  expect(text).toContain('dial tcp 10.0.0.10:6444: connect: connection refused')
})
