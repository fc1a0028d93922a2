/**
 * How a test of manifests looks with vitest: each test has a copy of one prepared cluster, and a failure says
 * what the cluster lacks and why. Run it with `npx vitest run examples/testing.test.ts`.
 */
import { clusterTest } from 'simcluster/vitest'
import { expect } from 'vitest'

const manifests = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: 'nginx:1.27', readinessProbe: {httpGet: {port: 80}}}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}`

const images = { 'nginx:broken': { pullError: 'not found' } }
const test = clusterTest({ nodes: 3, seed: 7, images }, (cluster) => cluster.apply(manifests))

test('it rolls out, and the Service reaches it', ({ cluster }) => {
  expect(cluster).toHaveRolledOut('web')
  cluster.kubectl('run client --image=busybox')
  cluster.settle()
  expect(cluster.network.connect({ from: 'client', to: 'web', port: 80 }).outcome).toBe('connected')
})

test('it survives the crash of a node', ({ cluster }) => {
  cluster.node('node-2').crash()
  cluster.advance('7m') // NotReady, taints, five minutes of toleration, replacements
  expect(cluster).toHaveRolledOut('web')
})

test('an image that cannot be pulled stops a rollout before it takes the old pods', ({ cluster }) => {
  cluster.kubectl('set image deployment web web=nginx:broken')
  cluster.settle()
  expect(cluster).not.toHaveRolledOut('web')
  expect(cluster.why('deployments', 'web')).toContain('Failed to pull image "nginx:broken": not found')
  expect(cluster.get('deployments', 'web').status.availableReplicas).toBe(3)
})
