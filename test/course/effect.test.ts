import { SimCluster } from 'simcluster'
import { expect, test } from 'vitest'
import { hasSameEffect } from '../../src/course/effect.js'
import { Playback } from '../../src/course/playback.js'

function playback(): Playback {
  const cluster = new SimCluster({ nodes: 2, like: 'kubeadm' })
  cluster.kubectl('create deployment web --image=nginx --replicas=2')
  cluster.settle()
  return new Playback(cluster)
}

test.each([
  ['kubectl get nodes', 'k get no'],
  ['kubectl get node', 'kubectl get nodes -o wide'],
  ['kubectl get pods -o wide | grep node-1', 'kubectl get po -o wide | grep node-1'],
  ['kubectl cordon node-1', `kubectl patch node node-1 -p '{"spec":{"unschedulable":true}}'`],
  ['kubectl scale deployment web --replicas=3', 'kubectl scale --replicas 3 deploy/web'],
  [
    'kubectl create namespace office',
    `printf 'apiVersion: v1\\nkind: Namespace\\nmetadata: {name: office}\\n' | k apply -f -`,
  ],
  ['kubectl delete deployment web', 'kubectl delete deploy/web'],
  ['ssh node-1', 'ssh  node-1'],
  ['cat /etc/kubernetes/manifests/etcd.yaml | wc -l', 'grep -c "" /etc/kubernetes/manifests/etcd.yaml'],
  ['echo secret > /root/token', 'printf "secret\\n" > token'],
])('%s has the effect of %s', async (wanted, typed) => {
  expect(await hasSameEffect(playback(), wanted, typed)).toBe(true)
})

test.each([
  ['kubectl get nodes', 'kubectl get pods'],
  ['kubectl get pods', 'kubectl get pods -A'],
  ['kubectl cordon node-1', 'kubectl cordon node-2'],
  ['kubectl cordon node-1', 'kubectl get nodes'],
  ['kubectl scale deployment web --replicas=3', 'kubectl scale deployment web --replicas=4'],
  ['kubectl create namespace office', 'kubectl create namespace offices'],
  ['kubectl get nodes', 'kubectl cordon node-1; kubectl get nodes'],
  ['kubectl get pods', 'kubectl get pods --as=jane'],
  ['ssh node-1', 'ssh node-2'],
  ['echo secret > /root/token', 'echo public > /root/token'],
  ['kubectl get nodes', 'true'],
])('%s has another effect than %s', async (wanted, typed) => {
  const before = playback()
  const hash = before.cluster.state.traceHash()
  expect(await hasSameEffect(before, wanted, typed)).toBe(false)
  expect(before.cluster.state.traceHash()).toBe(hash)
})

const WEB = 'kubectl exec web -- sh -c "echo hello > /tmp/greeting; cat /tmp/greeting"'

test('what is asked of a container is part of what a line does', async () => {
  const cluster = new SimCluster({ nodes: 2, like: 'kubeadm' })
  cluster.kubectl('run web --image=busybox -- sleep 1d')
  cluster.settle()
  const playing = new Playback(cluster)
  expect(await hasSameEffect(playing, WEB, 'kubectl exec web -- id')).toBe(false)
  expect(await hasSameEffect(playing, 'kubectl exec web -- id -u', 'k exec -it web -- sh -c "id -u"')).toBe(
    true,
  )
  expect(await hasSameEffect(playing, 'kubectl exec web -- touch /tmp/a', 'k exec web -- touch /tmp/b')).toBe(
    false,
  )
  expect(
    await hasSameEffect(playing, 'kubectl exec web -- id && echo yes', 'k exec web -- id; echo $?'),
  ).toBe(true)
  expect(await hasSameEffect(playing, 'kubectl logs web --previous', 'kubectl logs web')).toBe(false)
})

test('the wanted line runs where it belongs, whatever container or machine the learner is in', async () => {
  const cluster = new SimCluster({ nodes: 2, like: 'kubeadm' })
  cluster.kubectl('run web --image=busybox -- sleep 1d')
  cluster.settle()
  const playing = new Playback(cluster)
  const wanted = 'kubectl create namespace office'
  await playing.type('kubectl exec -it web -- sh')
  for (const typed of ['id', 'touch /x', wanted, 'exit'])
    expect(await hasSameEffect(playing, wanted, typed, 'master')).toBe(false)
  await playing.type('exit')
  await playing.type('ssh node-1')
  expect(await hasSameEffect(playing, wanted, 'kubectl get nodes', 'master')).toBe(false)
  expect(await hasSameEffect(playing, 'uptime', 'uptime -p; uptime', 'node-1')).toBe(false)
  expect(await hasSameEffect(playing, 'cat /etc/hostname', 'hostname', 'node-1')).toBe(true)
})
