import { files as manifests } from '../../kubectl/manifests.js'

const rbac = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: r9, namespace: default}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: rb9, namespace: default}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r9}
subjects: [{kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}]
`
const crd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
`
const labelled = (name: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, labels: {app: pr}}\ndata: {k: v}\n`

const deployment = (manifests['multi.yaml'] as string).split('---\n')[2] as string

/** The files that the commands of the ledger name. */
export const files: Readonly<Record<string, string>> = {
  ...manifests,
  'dep.yaml': deployment,
  'rbac.yaml': rbac,
  'crd.yaml': crd,
  'prune/keep.yaml': labelled('keep'),
  'kz/kustomization.yaml': 'resources: [cm.yaml]\nnamePrefix: kz-\n',
  'kz/cm.yaml': labelled('cm'),
  'local.txt': 'hello\n',
  'stale.yaml': deployment.replace('name: web\n', 'name: web\n  resourceVersion: "1"\n'),
}
