import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { playManifests } from '../../scripts/manifests/play.js'
import type { Project } from '../../scripts/manifests/project.js'

const projects: readonly Project[] = JSON.parse(
  readFileSync(new URL('projects.json', import.meta.url), 'utf8'),
) as readonly Project[]

const definition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, kind: Widget}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, properties: {spec: SPEC}}}
`
const installed = `
apiVersion: example.com/v1
kind: Widget
metadata: {name: w}
spec: {size: 1}
---
apiVersion: v1
kind: Namespace
metadata: {name: widgets-system}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: operator, namespace: widgets-system}
spec:
  selector: {matchLabels: {app: operator}}
  template:
    metadata: {labels: {app: operator}}
    spec: {containers: [{name: c, image: operator:1}]}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: widgets}
webhooks:
- name: judge.example.com
  sideEffects: None
  admissionReviewVersions: [v1]
  clientConfig: {service: {name: operator, namespace: widgets-system}}
  rules: [{apiGroups: [example.com], apiVersions: [v1], resources: [widgets], operations: [CREATE, UPDATE]}]
`
const withSpec = (spec: string): string => definition.replace('SPEC', spec)

test('definitions come first and webhooks last, whatever the order of the manifests', () => {
  const { objects, remarks } = playManifests([
    installed,
    withSpec('{type: object, x-kubernetes-preserve-unknown-fields: true}'),
  ])
  expect(objects).toBe(5)
  expect(remarks.filter(({ isExpected }) => !isExpected)).toEqual([])
})

test('what only the program behind a webhook can judge is expected', () => {
  const { remarks } = playManifests([
    installed,
    withSpec('{type: object, properties: {size: {type: integer}}}'),
  ])
  expect(remarks.map(({ pass, isExpected }) => ({ pass, isExpected }))).toContainEqual({
    pass: 'server-side again',
    isExpected: true,
  })
})

test('a refusal and a field that does not stay are remarks', () => {
  const refused = playManifests([installed, withSpec('{type: string}')]).remarks
  expect(refused.find(({ pass }) => pass === 'apply')).toMatchObject({ isExpected: false })
  const pruned = playManifests([withSpec('{type: object}'), installed.replace('{size: 1}', 'text')]).remarks
  expect(pruned.some(({ pass, isExpected }) => pass === 'server-side' && !isExpected)).toBe(true)
})

test('documents in flow style and in JSON count, and a field that nobody knows is a remark', () => {
  const flow = '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, datas: {}}'
  const json = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "b"}}'
  const { objects, remarks } = playManifests([flow, json])
  expect(objects).toBe(2)
  expect(remarks.find(({ pass }) => pass === 'apply')?.text).toContain('unknown field "datas"')
})

test('the list has one way to get each project', () => {
  expect(new Set(projects.map(({ name }) => name)).size).toBe(projects.length)
  for (const { name, files, kustomize, helm } of projects)
    expect(
      [files, kustomize, helm].filter((way) => way !== undefined),
      name,
    ).toHaveLength(1)
})
