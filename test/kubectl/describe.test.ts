import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Node, Pod } from '../../src/api/core/generated.js'
import type { Client } from '../../src/apiserver/client/client.js'
import { describeNode } from '../../src/kubectl/describe/node.js'
import { describePod } from '../../src/kubectl/describe/pod.js'
import { addNode, addPod, machine } from './machine.js'

const recorded = JSON.parse(readFileSync(new URL('../fixtures/kubectl/describe.json', import.meta.url), 'utf8')) as {
  readonly node: { readonly yaml: string; readonly text: string }
  readonly pod: { readonly json: string; readonly text: string }
}

const untimed = (text: string): string =>
  text.replaceAll('10.244.1.29', '10.244.1.28').replaceAll(/\w{3}, \d\d \w{3} \d{4} [\d:]{8} \+0000/g, '<time>')

/** A client that knows only what is described. */
function clientOf(pods: readonly unknown[]): Client {
  const answers: Readonly<Record<string, unknown>> = { pods: { items: pods }, events: { items: [] } }
  return {
    list: (resource: string) => answers[resource],
    get: () => ({ spec: { holderIdentity: 'node1', renewTime: '2026-11-24T14:30:11.000000Z' } }),
  } as unknown as Client
}

describe('kubectl describe, against recorded texts', () => {
  const now = Date.parse('2026-11-24T14:30:12Z')

  it('describes a node', () => {
    const node = parse(recorded.node.yaml) as Node
    const podOf = (namespace: string, name: string): unknown => ({
      metadata: { name, namespace, creationTimestamp: '2026-11-24T14:30:12Z' },
      spec: { containers: [{ name: 'c', resources: {} }] },
      status: {},
    })
    const client = clientOf([podOf('default', 'a'), podOf('kube-system', 'kube-proxy-1abcd')])
    expect(untimed(describeNode(client, node, now, true))).toBe(untimed(recorded.node.text))
  })

  it('describes a pod', () => {
    const pod = JSON.parse(recorded.pod.json) as Pod
    expect(untimed(describePod(clientOf([]), pod, now, true))).toBe(untimed(recorded.pod.text))
  })
})

describe('kubectl describe in a cluster', () => {
  const { kubectl, client } = machine()
  addNode(client, 'node1')
  addPod(client, 'web-1', { emptyDir: true, owner: { kind: 'ReplicaSet', name: 'web' } })
  addPod(client, 'web-2')

  it('takes the beginning of names', () => {
    const { stdout } = kubectl('describe pod web')
    expect(stdout.match(/^Name:.*$/gm)).toEqual(['Name:             web-1', 'Name:             web-2'])
    expect(stdout).toContain('Controlled By:    ReplicaSet/web\n')
    expect(stdout).toContain(
      "    Type:       EmptyDir (a temporary directory that shares a pod's lifetime)\n    Medium:     \n    SizeLimit:  <unset>\n",
    )
  })

  it('sums what pods ask for', () => {
    client.create('pods', {
      metadata: { name: 'hungry', namespace: 'default' },
      spec: {
        nodeName: 'node1',
        containers: [
          { name: 'c', image: 'i', resources: { requests: { cpu: '250m', memory: '64Mi' }, limits: { memory: '1Gi' } } },
        ],
      },
    } as unknown as Pod)
    client.patch(
      'nodes',
      { name: 'node1' },
      { type: 'merge', body: { status: { allocatable: { cpu: '2', memory: '4Gi', pods: '110' } } } },
      { subresource: 'status' },
    )
    const { stdout } = kubectl('describe node node1')
    expect(stdout).toMatch(/default +hungry +250m \(12%\) +0 \(0%\) +64Mi \(1%\) +1Gi \(25%\) +0s\n/)
    expect(stdout).toMatch(/ {2}cpu +250m \(12%\) +0 \(0%\)\n {2}memory +64Mi \(1%\) +1Gi \(25%\)\n/)
    expect(stdout).toContain('Lease:              Failed to get lease: leases.coordination.k8s.io "node1" not found\n')
  })

  it('has no description of other kinds yet', () => {
    expect(kubectl('describe ns default').stderr).toBe('error: kubectl describe namespace is not part of simcluster yet\n')
  })
})
