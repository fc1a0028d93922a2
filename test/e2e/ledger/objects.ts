import { base } from '../transcripts/base-state.js'

/** The proxies of all nodes. */
export const proxy: string = `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kube-proxy, namespace: kube-system}
spec:
  selector: {matchLabels: {k8s-app: kube-proxy}}
  template:
    metadata: {labels: {k8s-app: kube-proxy}}
    spec:
      tolerations: [{operator: Exists}]
      containers: [{name: c, image: proxy:1}]
`
/** One pod on node1 that a controller replaces. */
export const replicated: string = `apiVersion: apps/v1
kind: Deployment
metadata: {name: rp, namespace: default}
spec:
  replicas: 1
  selector: {matchLabels: {app: r}}
  template:
    metadata: {labels: {app: r}}
    spec:
      terminationGracePeriodSeconds: 1
      nodeSelector: {kubernetes.io/hostname: node1}
      tolerations: [{operator: Exists}]
      containers: [{name: main, image: "nginx:1.27"}]
`
/** Nobody may take that pod away. */
export const budget: string = `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: b, namespace: default}
spec: {minAvailable: 1, selector: {matchLabels: {app: r}}}
`
/** Objects that commands describe. */
export const described: string = `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: p, namespace: default}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: default}
spec:
  maxReplicas: 3
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
---
apiVersion: v1
kind: Secret
metadata: {name: s, namespace: default}
stringData: {a: b}
`
/** What lets dev-user read pods. */
export const readers: string = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: default}
rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: default}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects:
- {kind: User, name: dev-user, apiGroup: rbac.authorization.k8s.io}
`
/** No more pods. */
export const quota: string = `apiVersion: v1
kind: ResourceQuota
metadata: {name: q, namespace: default}
spec: {hard: {pods: "0"}}
`
/** A webhook that is asked about pods. */
export const webhook: string = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: v}
webhooks:
- name: v.example.com
  admissionReviewVersions: [v1]
  sideEffects: None
  clientConfig: {url: "https://v.example.com/validate"}
  rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
`
/** A namespace that does not go away. */
export const ending: string = `apiVersion: v1
kind: Namespace
metadata: {name: ending}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: fin, namespace: ending, finalizers: [example.com/keep]}
`

/** A request for a certificate for jane. */
export const requested: string = JSON.stringify({
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  metadata: { name: 'jane' },
  spec: {
    request: base.certificateRequests['dave'],
    signerName: 'kubernetes.io/kube-apiserver-client',
    usages: ['client auth'],
  },
})
