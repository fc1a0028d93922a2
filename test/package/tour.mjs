// A walk through the whole package, for comparing its forms: what it prints and its trace must be the same in
// each. Plain JavaScript.

const manifests = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: crons.example.org }
spec:
  group: example.org
  scope: Namespaced
  names: { plural: crons, singular: cron, kind: Cron }
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties: { replicas: { type: integer, default: 1 } }
            x-kubernetes-validations: [{ rule: self.replicas < 5, message: too many }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app: web } }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
      - name: web
        image: nginx
        resources: { requests: { cpu: 100m } }
        readinessProbe: { httpGet: { port: 80, path: / } }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  serviceName: db
  replicas: 2
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec: { containers: [{ name: db, image: redis }] }
---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec: { containers: [{ name: agent, image: busybox, command: [sh, -c, 'while true; do date; sleep 60; done'] }] }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: tidy }
spec:
  schedule: '*/5 * * * *'
  jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: tidy, image: busybox, command: [sh, -c, echo tidy] }] } } } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: db }
spec: { podSelector: { matchLabels: { app: db } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: 6379 }] }] }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  minReplicas: 2
  maxReplicas: 5
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 50 } } }]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web }
spec: { minAvailable: 1, selector: { matchLabels: { app: web } } }
---
apiVersion: v1
kind: ResourceQuota
metadata: { name: all }
spec: { hard: { pods: '40' } }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec: { rules: [{ host: web.example.org, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }] }
`

const commands = [
  'get all -A',
  'get pods -o wide',
  'get deployments -o yaml',
  'describe nodes',
  'describe pods,svc,hpa,netpol,ingress,pdb,quota,cronjob',
  'explain pods.spec.containers',
  'exec deployment/web -- sh -c "hostname | wc -c"',
  'logs daemonset/agent',
  'scale deployment web --replicas=4',
  'set image deployment/web web=nginx:1.27',
  'rollout status deployment/web',
  'rollout history deployment/web',
  'rollout undo deployment/web',
  'auth can-i list pods --as jane',
  'create role reader --verb=get --resource=pods',
  'create rolebinding reader --role=reader --user=jane',
  'auth can-i get pods --as jane',
  'label node node-1 disk=ssd',
  'taint node node-2 a=b:NoSchedule',
  'cordon node-3',
  'drain node-3 --ignore-daemonsets --force',
  'uncordon node-3',
  `patch deployment web -p '{"spec":{"replicas":2}}'`,
  'annotate deployment web a=b',
  'run one --image=busybox --restart=Never -- echo hello',
  'config view',
  'api-resources',
  'version',
  'top nodes',
  'get events',
  'delete statefulset db',
  'get pods --sort-by=.metadata.name -o name',
]

const cron = (replicas) => ({
  apiVersion: 'example.org/v1',
  kind: 'Cron',
  metadata: { name: `of-${replicas}`, namespace: 'default' },
  spec: { replicas },
})

/** What the walk prints, step by step. */
export function tour({ SimCluster, snapshotStatus, explain }) {
  const printed = []
  const attempt = (what) => {
    try {
      printed.push(what())
    } catch (error) {
      printed.push(`${error.constructor.name}: ${error.message}`)
    }
  }
  const cluster = new SimCluster({
    nodes: 3,
    seed: 11,
    networkPolicy: true,
    metricsServer: true,
    loadBalancer: true,
    coreDNS: true,
  })
  attempt(() => cluster.apply(manifests).length)
  cluster.settle().advance('11m')
  attempt(() => cluster.connect({ from: 'default/db-0', to: 'default/web', port: 80 }))
  attempt(() => cluster.connect({ from: 'default/db-1', to: { pod: 'db-0' }, port: 6379 }))
  for (const command of commands) {
    attempt(() => cluster.kubectl(command))
    cluster.settle()
  }
  attempt(() => cluster.apply([cron(2)]).length)
  attempt(() => cluster.apply([cron(7)]).length)
  attempt(() => cluster.can({ user: 'jane' }, 'get', 'pods', { namespace: 'default' }))
  attempt(() => cluster.pki.read('/etc/kubernetes/pki/apiserver.crt'))
  for (const path of ['/openapi/v3', '/apis', '/version', '/metrics', '/openapi/v3/apis/apps/v1'])
    attempt(() =>
      cluster.handle({
        method: 'GET',
        path,
        headers: {},
        user: { name: 'admin', groups: ['system:masters'] },
      }),
    )
  attempt(() =>
    explain(
      { spec: { containers: [{ name: 'a', image: 'b' }] }, metadata: { name: 'a', namespace: 'b' } },
      cluster.list('nodes').items,
    ),
  )
  cluster.node('node-2').crash()
  cluster.advance('10m')
  printed.push(cluster.traceHash())
  const restored = SimCluster.fromJSON(JSON.parse(JSON.stringify(cluster.toJSON())))
  printed.push(restored.advance('1h').traceHash(), cluster.fork().advance('1h').traceHash())
  attempt(() => SimCluster.fromEtcdSnapshot(cluster.etcd.snapshot()).advance('1h').traceHash())
  attempt(() => snapshotStatus(cluster.etcd.snapshot()))
  return printed
}
