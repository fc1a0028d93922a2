import { expect, test } from 'vitest'
import { SimCluster } from '../../src/cluster/sim-cluster.js'

const POD = `apiVersion: v1
kind: Pod
metadata: { name: p }
spec: { containers: [{ name: c, image: nginx }] }
`

/** How often kubectl prints a creationTimestamp that is not set, by command line. */
const printed: readonly (readonly [line: string, times: number])[] = [
  ['create deployment w --image=nginx --dry-run=client -o yaml', 2],
  ['create deployment w --image=nginx --dry-run=client -o json', 2],
  ['create deployment w --image=nginx --dry-run=server -o yaml', 1],
  ['create cronjob c --image=nginx --schedule=@daily --dry-run=client -o yaml', 3],
  ['run x --image=nginx --dry-run=client -o yaml', 1],
  ['run x --image=nginx --dry-run=client -o json', 1],
  ['get deployment web -o yaml', 1],
  ['get deployments -o json', 1],
  ['get deployment web -o jsonpath={.spec.template.metadata}', 1],
  ['label deployment web a=b -o yaml', 1],
  // it prints a file as it is
  ['apply -f pod.yaml --dry-run=client -o yaml', 0],
]

test.each(['v1.33', 'v1.34'])('kubectl %s prints unset creation times as it did', (version) => {
  const cluster = new SimCluster({ nodes: 0, version })
  cluster.kubectl('create deployment web --image=nginx')
  const nulls = (line: string): number =>
    cluster.kubectl(line, { files: { 'pod.yaml': POD } }).stdout.match(/creationTimestamp"?: ?null/g)
      ?.length ?? 0
  expect(printed.map(([line]) => [line, nulls(line)])).toEqual(
    printed.map(([line, times]) => [line, version === 'v1.33' ? times : 0]),
  )
})
