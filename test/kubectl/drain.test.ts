import { describe, expect, it } from 'vitest'
import type { Machine, PodOptions } from './machine.js'
import { addBudget, addDaemonSet, addNode, addPod, machine } from './machine.js'

/** node1 with a kube-proxy and the given pods of namespace default. */
function drained(pods: Readonly<Record<string, PodOptions>>, version = 'v1.35.2'): Machine {
  const it = machine({ version })
  for (const name of ['node1', 'node2']) addNode(it.client, name)
  addDaemonSet(it.client, 'kube-proxy', 'kube-system')
  addPod(it.client, 'kube-proxy-1abcd', {
    namespace: 'kube-system',
    owner: { kind: 'DaemonSet', name: 'kube-proxy' },
  })
  for (const [name, options] of Object.entries(pods)) addPod(it.client, name, options)
  return it
}

const managed: PodOptions = { owner: { kind: 'ReplicaSet', name: 'r' }, labels: { app: 'r' } }

describe('drain of kubectl 1.35', () => {
  it(
    'refuses for DaemonSet pods, pods without a controller and local storage, and leaves the node ' +
      'cordoned',
    () => {
      const { kubectl, client } = drained({ naked: {}, local: { ...managed, emptyDir: true } })
      const groups = [
        'Pods with local storage (use --delete-emptydir-data to override): default/local',
        'cannot delete Pods that declare no controller (use --force to override): default/naked',
        'DaemonSet-managed Pods (use --ignore-daemonsets to ignore): kube-system/kube-proxy-1abcd',
      ].map((text) => `cannot delete ${text}`)
      expect(kubectl('drain node1')).toMatchObject({
        stdout: 'node/node1 cordoned\n',
        stderr:
          `error: unable to drain node "node1" due to error: [${groups.join(', ')}], continuing ` +
          `command...\n` +
          `There are pending nodes to be drained:\n node1\n${groups.map((text) => `${text}\n`).join('')}`,
        exitCode: 1,
      })
      expect(client.get('nodes', { name: 'node1' }).spec.unschedulable).toBe(true)
      expect(client.list('pods').items).toHaveLength(3)
    },
  )

  it('evicts what it may and waits until it is gone', () => {
    const { kubectl, client, sim } = drained({
      naked: { graceSeconds: 30 },
      local: { ...managed, emptyDir: true },
    })
    const start = sim.clock.now()
    expect(kubectl('drain node1 --ignore-daemonsets --delete-emptydir-data --force')).toMatchObject({
      stdout:
        'node/node1 cordoned\nevicting pod default/local\nevicting pod default/naked\npod/local ' +
        'evicted\npod/naked evicted\nnode/node1 drained\n',
      stderr:
        'Warning: deleting Pods that declare no controller: default/naked; ignoring DaemonSet-managed ' +
        'Pods: kube-system/kube-proxy-1abcd\n',
      exitCode: 0,
    })
    expect(sim.clock.now() - start).toBe(30_000)
    expect(client.list('pods').items.map(({ metadata }) => metadata.name)).toEqual(['kube-proxy-1abcd'])
  })

  it('retries every five seconds while a budget forbids, until --timeout', () => {
    const it = drained({ rp: managed })
    addBudget(it, 0)
    const retry =
      'error when evicting pods/"rp" -n "default" (will retry after 5s): Cannot evict pod as it would ' +
      "violate the pod's disruption budget.\n"
    const failure = 'error when evicting pods/"rp" -n "default": global timeout reached: 7s'
    expect(it.kubectl('drain node1 --ignore-daemonsets --timeout=7s')).toMatchObject({
      stdout: `node/node1 cordoned\n${'evicting pod default/rp\n'.repeat(3)}`,
      stderr:
        `Warning: ignoring DaemonSet-managed Pods: kube-system/kube-proxy-1abcd\n${retry}${retry}` +
        `There are pending pods in node "node1" when an error occurred: ${failure}\npod/rp\n` +
        `error: unable to drain node "node1" due to error: ${failure}, continuing command...\n` +
        `There are pending nodes to be drained:\n node1\n${failure}\n`,
      exitCode: 1,
    })
  })

  it('bypasses budgets with --disable-eviction', () => {
    const it = drained({ rp: managed })
    addBudget(it, 0)
    expect(it.kubectl('drain node1 --ignore-daemonsets --disable-eviction').stdout).toBe(
      'node/node1 cordoned\npod/rp deleted\nnode/node1 drained\n',
    )
  })

  it('deletes finished pods without --force', () => {
    const { kubectl } = drained({ done: { phase: 'Succeeded', emptyDir: true } })
    expect(kubectl('drain node1 --ignore-daemonsets').stdout).toBe(
      'node/node1 cordoned\nevicting pod default/done\npod/done evicted\nnode/node1 drained\n',
    )
  })

  it('says so on dry runs and changes nothing', () => {
    const { kubectl, client } = drained({ naked: {} })
    expect(kubectl('drain node1 --ignore-daemonsets --force --dry-run=client').stdout).toBe(
      'node/node1 cordoned (dry run)\nevicting pod default/naked (dry run)\nnode/node1 drained (dry run)\n',
    )
    expect(kubectl('drain node1 --ignore-daemonsets --force --dry-run=server').stdout).toBe(
      'node/node1 cordoned (server dry run)\nevicting pod default/naked (server dry run)\nnode/node1 ' +
        'drained (server dry run)\n',
    )
    expect(client.get('nodes', { name: 'node1' }).spec.unschedulable).toBeUndefined()
    expect(client.list('pods', { namespace: 'default' }).items).toHaveLength(1)
  })

  it('fails for a DaemonSet that is gone, for an unknown node and for the old flag', () => {
    const { kubectl, client } = drained({})
    client.delete('daemonsets', { name: 'kube-proxy', namespace: 'kube-system' })
    expect(kubectl('drain node1 --ignore-daemonsets').stderr).toContain(
      'cannot delete daemonsets.apps "kube-proxy" not found: kube-system/kube-proxy-1abcd',
    )
    expect(kubectl('drain nope')).toMatchObject({
      stdout: '',
      stderr: 'Error from server (NotFound): nodes "nope" not found\n',
      exitCode: 1,
    })
    expect(kubectl('drain node1 --delete-local-data').stderr).toBe(
      "error: unknown flag: --delete-local-data\nSee 'kubectl drain --help' for usage.\n",
    )
    expect(kubectl('drain').stderr).toBe(
      "error: USAGE: drain NODE [flags]\nSee 'kubectl drain -h' for help and examples\n",
    )
    expect(kubectl('drain node1 -l a=b').stderr).toBe(
      "error: cannot specify both a node name and a --selector option\nSee 'kubectl drain -h' for " +
        'help and examples\n',
    )
  })
})

describe('drain of kubectl 1.14', () => {
  it('prints what the course shows', () => {
    const { kubectl } = drained(
      { 'two-containers': { emptyDir: true }, 'command-demo': { phase: 'Succeeded' } },
      'v1.14',
    )
    expect(kubectl('drain node1')).toMatchObject({
      stdout: 'node/node1 cordoned\n',
      stderr:
        'error: unable to drain node "node1", aborting command...\n\nThere are pending nodes to be ' +
        'drained:\n node1\n' +
        'error: DaemonSet-managed pods (use --ignore-daemonsets to ignore): kube-proxy-1abcd; ' +
        'pods with local storage (use --delete-local-data to override): two-containers\n',
      exitCode: 1,
    })
    expect(kubectl('drain node1 --delete-local-data --ignore-daemonsets --force')).toMatchObject({
      stdout:
        'node/node1 already cordoned\npod/command-demo evicted\npod/two-containers ' +
        'evicted\nnode/node1 evicted\n',
      stderr:
        'WARNING: Deleting pods not managed by ReplicationController, ReplicaSet, Job, DaemonSet or ' +
        'StatefulSet: two-containers; ' +
        'Deleting pods with local storage: two-containers; Ignoring DaemonSet-managed pods: ' +
        'kube-proxy-1abcd\n',
      exitCode: 0,
    })
  })
})

describe('cordon and uncordon', () => {
  it('say what they did', () => {
    const { kubectl } = drained({})
    expect(
      [
        'cordon node1',
        'cordon node1',
        'uncordon node1',
        'uncordon node1',
        'cordon node1 --dry-run=server',
      ].map((line) => kubectl(line).stdout),
    ).toEqual([
      'node/node1 cordoned\n',
      'node/node1 already cordoned\n',
      'node/node1 uncordoned\n',
      'node/node1 already uncordoned\n',
      'node/node1 cordoned (server dry run)\n',
    ])
    expect(kubectl('cordon nope')).toMatchObject({
      stdout: '',
      stderr: 'Error from server (NotFound): nodes "nope" not found\n',
      exitCode: 1,
    })
  })
})
