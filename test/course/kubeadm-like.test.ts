import { expect, test } from 'vitest'
import { readCourse } from '../../src/cli/course/read.js'
import { LESSONS, openDesk } from '../../src/course/lessons/index.js'
import { startCluster } from '../../src/course/start.js'

test('a lesson has what kubeadm makes: a control-plane node, mirror pods, kube-proxy, CoreDNS', async () => {
  const [lesson] = LESSONS
  if (lesson === undefined) throw new Error('there is no lesson')
  const { master } = await openDesk(lesson)
  expect((await master.sh('kubectl get nodes')).stdout).toMatch(/^control-plane +Ready +control-plane /m)
  expect((await master.sh('kubectl get pods -n kube-system -o name')).stdout).toMatch(
    /coredns-[^]*etcd-control-plane[^]*kube-apiserver-control-plane[^]*kube-proxy-[^]*kube-scheduler-control-plane/,
  )
  expect((await master.sh('kubectl drain node-1')).stderr).toContain('--ignore-daemonsets')
})

test('the mirror pod of a component goes and comes with its manifest', async () => {
  const [lesson] = LESSONS
  if (lesson === undefined) throw new Error('there is no lesson')
  const { master, cluster } = await openDesk(lesson)
  const isThere = async (): Promise<boolean> => {
    cluster.advance('30s')
    return (await master.sh('kubectl get pod -n kube-system kube-scheduler-control-plane')).exitCode === 0
  }
  expect(await isThere()).toBe(true)
  await master.sh('mv /etc/kubernetes/manifests/kube-scheduler.yaml /tmp')
  expect(await isThere()).toBe(false)
  expect((await master.sh('crictl ps')).stdout).not.toContain('kube-scheduler')
  await master.sh('mv /tmp/kube-scheduler.yaml /etc/kubernetes/manifests')
  expect(await isThere()).toBe(true)
})

test('a chapter whose cluster kubeadm made shows its control plane; GKE does not', () => {
  const shown = readCourse('v1.35').filter(({ start }) =>
    startCluster(start).kubectl('get nodes').stdout.includes('control-plane'),
  )
  expect(shown.map(({ number }) => number)).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
})
