import { describe, expect, it } from 'vitest'
import type { SimCluster } from '../../src/index.js'
import { isApiError } from '../../src/index.js'
import { checkInvariants, guardInvariants } from '../../src/testing/index.js'
import type { Form } from './chapter1.js'
import {
  FORMS,
  NODES,
  cells,
  courseCluster,
  daemonPodsOn,
  manifest,
  movablePodsOn,
  nodeOf,
} from './chapter1.js'

const NODE_COLUMNS = ['NAME', 'STATUS', 'ROLES', 'AGE', 'VERSION']

/** The node with the emptyDir pod, drained with every flag that the form needs. */
function drained(form: Form): {
  cluster: SimCluster
  node: string
  evicted: readonly string[]
  daemons: readonly string[]
} {
  const cluster = courseCluster(form)
  const node = nodeOf(cluster, 'two-containers')
  const evicted = movablePodsOn(cluster, node)
  const daemons = daemonPodsOn(cluster, node, { withNamespace: false })
  expect(cluster.kubectl(`drain ${node}`).exitCode).toBe(1)
  return { cluster, node, evicted, daemons }
}

const statusOf = (cluster: SimCluster, node: string): string | undefined =>
  cells(cluster.kubectl('get node').stdout).find(([name]) => name === node)?.[1]

const placement = (cluster: SimCluster): readonly string[] =>
  cluster
    .list('pods')
    .items.map(({ metadata, spec }) => `${metadata.name as string} ${spec.nodeName as string}`)

describe.each(FORMS)('node maintenance, $form', (form) => {
  it('N1: kubectl get node', () => {
    const table = cells(courseCluster(form).kubectl('get node').stdout)
    expect(table).toEqual([
      NODE_COLUMNS,
      ...NODES.map((name) => [name, 'Ready', '<none>', '30h', form.kubelet]),
    ])
  })

  it('N2: drain is refused for DaemonSet pods and emptyDir pods; the node stays cordoned', () => {
    const cluster = courseCluster(form)
    const node = nodeOf(cluster, 'two-containers')
    const before = placement(cluster)
    const { stdout, stderr, terminal, exitCode } = cluster.kubectl(`drain ${node}`)
    expect(stdout).toBe(`node/${node} cordoned\n`)
    expect(terminal.startsWith(`node/${node} cordoned\n`)).toBe(true)
    expect(exitCode).toBe(1)
    expect(stderr).toBe(form.version === 'v1.14' ? oldRefusal(cluster, node) : todaysRefusal(cluster, node))
    expect(statusOf(cluster, node)).toBe('Ready,SchedulingDisabled')
    expect(placement(cluster)).toEqual(before)
  })

  it('N3: drain with its flags evicts everything but DaemonSet pods', () => {
    const { cluster, node, evicted, daemons } = drained(form)
    const { stdout, stderr, exitCode } = cluster.kubectl(
      `drain ${node} ${form.emptyDirFlag} --ignore-daemonsets --force`,
    )
    expect(exitCode).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toBe(`node/${node} already cordoned`)
    expect(lines.at(-1)).toBe(form.version === 'v1.14' ? `node/${node} evicted` : `node/${node} drained`)
    expect(lines.filter((line) => line.startsWith('pod/')).sort()).toEqual(
      evicted.map((name) => `pod/${name} evicted`).sort(),
    )
    expect(stderr).toContain(
      form.version === 'v1.14'
        ? 'WARNING: Deleting pods not managed by ReplicationController, ReplicaSet, Job, DaemonSet or ' +
            'StatefulSet: '
        : 'Warning: deleting Pods that declare no controller: ',
    )
    expect(stderr).toContain('two-containers')
    expect(daemonPodsOn(cluster, node, { withNamespace: false })).toEqual(daemons)
  })

  it('N4, N5, N6: SchedulingDisabled, nothing but DaemonSet pods left, uncordon makes it Ready again', () => {
    const { cluster, node, evicted } = drained(form)
    cluster.kubectl(`drain ${node} ${form.emptyDirFlag} --ignore-daemonsets --force`)
    expect(cells(cluster.kubectl('get node').stdout).map(([name, status]) => [name, status])).toEqual([
      ['NAME', 'STATUS'],
      ...NODES.map((name) => [name, name === node ? 'Ready,SchedulingDisabled' : 'Ready']),
    ])
    cluster.settle()
    expect(cluster.kubectl('get pod -o wide').stdout).not.toContain(node)
    const left = cluster
      .kubectl('get pod -A -o wide')
      .stdout.split('\n')
      .filter((line) => line.includes(node))
    expect(left.map((line) => line.split(/ +/)[1])).toEqual(
      daemonPodsOn(cluster, node, { withNamespace: false }),
    )
    expect(cluster.list('pods', { labelSelector: 'run=php-apache' }).items.filter(isRunning)).toHaveLength(3)
    expect(evicted.some((name) => name.startsWith('php-apache') || name.startsWith('metrics-server'))).toBe(
      true,
    )
    expect(cluster.kubectl(`uncordon ${node}`)).toMatchObject({
      stdout: `node/${node} uncordoned\n`,
      stderr: '',
      exitCode: 0,
    })
    expect(statusOf(cluster, node)).toBe('Ready')
    expect(cluster.kubectl(`uncordon ${node}`).stdout).toBe(`node/${node} already uncordoned\n`)
  })

  it('N7: pods do not move back after uncordon', () => {
    const { cluster, node } = drained(form)
    cluster.kubectl(`drain ${node} ${form.emptyDirFlag} --ignore-daemonsets --force`)
    cluster.settle()
    const before = placement(cluster)
    cluster.kubectl(`uncordon ${node}`)
    cluster.settle()
    cluster.advance('24h')
    expect(placement(cluster)).toEqual(before)
  })

  it('N8: cordon keeps the running pods and refuses only new ones', () => {
    const cluster = courseCluster(form)
    const before = placement(cluster)
    for (const node of NODES) expect(cluster.kubectl(`cordon ${node}`).stdout).toBe(`node/${node} cordoned\n`)
    cluster.edit(
      'deployments',
      { namespace: 'default', name: 'php-apache' },
      (draft) => void (draft.spec.replicas = 4),
    )
    cluster.advance('10m')
    const pods = cluster.list('pods').items
    expect(
      pods
        .filter(({ spec }) => spec.nodeName)
        .map(({ metadata, spec }) => `${metadata.name as string} ${spec.nodeName as string}`),
    ).toEqual(before)
    const waiting = pods.filter(({ spec }) => !spec.nodeName)
    expect(waiting).toHaveLength(1)
    const condition = waiting[0]?.status.conditions?.find(({ type }) => type === 'PodScheduled')
    expect(condition).toMatchObject({ status: 'False', reason: 'Unschedulable' })
    expect(condition?.message).toMatch(/^0\/3 nodes are available: 3 node\(s\) were unschedulable\./)
    cluster.kubectl(`uncordon ${NODES[0] as string}`)
    cluster.settle()
    expect(movablePodsOn(cluster, NODES[0] as string)).toContain(waiting[0]?.metadata.name)
  })

  it(
    'N9: a node goes down: nothing moves at first, then NotReady and taints, five minutes later its ' +
      'pods are made anew elsewhere',
    () => {
      const cluster = courseCluster(form)
      const guard = guardInvariants(cluster)
      const node = nodeOf(cluster, 'two-containers')
      const victims = movablePodsOn(cluster, node)
      const before = placement(cluster)
      cluster.node(node).crash()
      cluster.advance('30s')
      expect(statusOf(cluster, node)).toBe('Ready')
      cluster.advance('35s')
      expect(statusOf(cluster, node)).toBe('NotReady')
      const { spec, status } = cluster.get('nodes', { name: node })
      expect(status.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
      })
      expect(spec?.taints?.map(({ key, effect }) => `${key}:${effect as string}`).sort()).toEqual([
        'node.kubernetes.io/unreachable:NoExecute',
        'node.kubernetes.io/unreachable:NoSchedule',
      ])
      cluster.advance('4m')
      expect(placement(cluster)).toEqual(before)
      cluster.advance('2m')
      for (const name of victims) {
        const pod = cluster.list('pods').items.find(({ metadata }) => metadata.name === name)
        expect(pod?.metadata.deletionTimestamp, name).toBeDefined()
      }
      const running = cluster
        .list('pods', { labelSelector: 'run=php-apache' })
        .items.filter((pod) => !pod.metadata.deletionTimestamp)
      expect(running.filter(isRunning)).toHaveLength(3)
      expect(running.every((pod) => pod.spec.nodeName !== node)).toBe(true)
      cluster.node(node).recover()
      cluster.advance('2m')
      expect(statusOf(cluster, node)).toBe('Ready')
      expect(cluster.list('pods').items.filter(({ metadata }) => metadata.deletionTimestamp)).toEqual([])
      guard.stop()
      expect(checkInvariants(cluster)).toEqual([])
    },
  )

  it('N9: if the node comes back before that, nothing moves', () => {
    const cluster = courseCluster(form)
    const node = nodeOf(cluster, 'two-containers')
    const before = placement(cluster)
    cluster.node(node).partition()
    cluster.advance('4m')
    expect(statusOf(cluster, node)).toBe('NotReady')
    cluster.node(node).repair()
    cluster.advance('30m')
    expect(statusOf(cluster, node)).toBe('Ready')
    expect(placement(cluster)).toEqual(before)
  })

  it(
    'N10: draining, upgrading and uncordoning one node after the other keeps the budget at every ' +
      'instant',
    () => {
      const cluster = courseCluster(form)
      const upgraded = form.version === 'v1.14' ? 'v1.14.3' : 'v1.35.4'
      cluster.apply(manifest(form, 1, 'budget.yaml'))
      cluster.settle()
      let fewest = Infinity
      const end = cluster.on('write', () => {
        const ready = cluster.state
          .peek('pods', { labelSelector: 'run=php-apache' })
          .filter((pod) => isRunning(pod) && !pod.metadata.deletionTimestamp)
        fewest = Math.min(fewest, ready.length)
      })
      for (const node of NODES) {
        const drain = cluster.kubectl(`drain ${node} --ignore-daemonsets --force ${form.emptyDirFlag}`)
        expect(drain.exitCode, drain.terminal).toBe(0)
        cluster.node(node).kubelet.install(upgraded)
        cluster.node(node).reboot()
        cluster.settle()
        expect(cluster.kubectl(`uncordon ${node}`).exitCode).toBe(0)
      }
      end()
      expect(fewest).toBe(2)
      expect(cells(cluster.kubectl('get node').stdout).map((row) => row[4])).toEqual([
        'VERSION',
        upgraded,
        upgraded,
        upgraded,
      ])
      expect(cluster.list('pods', { labelSelector: 'run=php-apache' }).items.filter(isRunning)).toHaveLength(
        3,
      )
    },
  )
})

it('N10: the eviction API refuses what would break the budget, with the real Status', () => {
  const cluster = courseCluster(FORMS[1])
  cluster.apply(manifest(FORMS[1], 1, 'budget.yaml').replace('minAvailable: 2', 'minAvailable: 3'))
  cluster.settle()
  const [pod] = cluster.list('pods', { labelSelector: 'run=php-apache' }).items
  const evict = (): unknown =>
    cluster.client.createSubresource('pods', pod?.metadata ?? {}, 'eviction', {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: pod?.metadata.name, namespace: 'default' },
    })
  expect(evict).toThrow("Cannot evict pod as it would violate the pod's disruption budget.")
  try {
    evict()
  } catch (error) {
    expect(isApiError(error, 'TooManyRequests') && error.details.causes).toEqual([
      {
        reason: 'DisruptionBudget',
        message: 'The disruption budget php-apache needs 3 healthy pods and has 3 currently',
      },
    ])
  }
})

function isRunning(pod: {
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}): boolean {
  return pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
}

function oldRefusal(cluster: SimCluster, node: string): string {
  const reasons = [
    'DaemonSet-managed pods (use --ignore-daemonsets to ignore): ' +
      `${daemonPodsOn(cluster, node, { withNamespace: false }).join(', ')}`,
    'pods with local storage (use --delete-local-data to override): two-containers',
    ...unmanagedOn(cluster, node).map(
      (names) =>
        'pods not managed by ReplicationController, ReplicaSet, Job, DaemonSet or StatefulSet (use ' +
        `--force to override): ${names}`,
    ),
  ]
  return (
    `error: unable to drain node "${node}", aborting command...\n\nThere are pending nodes to be ` +
    `drained:\n ${node}\nerror: ${reasons.join('; ')}\n`
  )
}

function todaysRefusal(cluster: SimCluster, node: string): string {
  const reasons = [
    ...unmanagedOn(cluster, node).map(
      (names) =>
        'cannot delete cannot delete Pods that declare no controller (use --force to override): ' +
        `default/${names}`,
    ),
    'cannot delete Pods with local storage (use --delete-emptydir-data to override): default/two-containers',
    'cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): ' +
      `${daemonPodsOn(cluster, node, { withNamespace: true }).join(', ')}`,
  ]
  return (
    `error: unable to drain node "${node}" due to error: [${reasons.join(', ')}], continuing command...\n` +
    `There are pending nodes to be drained:\n ${node}\n${reasons.join('\n')}\n`
  )
}

/** `command-demo` where it shares the node; `two-containers` is named for its emptyDir first. */
function unmanagedOn(cluster: SimCluster, node: string): readonly string[] {
  return movablePodsOn(cluster, node).filter((name) => name === 'command-demo')
}
