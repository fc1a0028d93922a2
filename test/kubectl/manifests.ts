const deployment = (replicas: number, image: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: ${image}
        ports: [{containerPort: 8080}]
`

const pod = (name: string, spec: string): string => `apiVersion: v1
kind: Pod
metadata:
  ${name}
  labels: {app: solo}
spec:
${spec}`

const container = '  containers: [{name: main, image: "nginx:1.27"}]\n'

/** The files of the recorded commands. */
export const files: Readonly<Record<string, string>> = {
  'dep2.yaml': deployment(3, 'nginx:1.28'),
  'multi.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: cm1}
data: {k: v}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: 8080}]
---
${deployment(2, 'nginx:1.27')}`,
  'pod.yaml': pod('name: solo', container),
  'pod-bad.yaml': pod('name: solo', '  restartPolicy: X\n  containers: [{name: main}]\n'),
  'pod-gen.yaml': pod('generateName: gen-', container),
  'immutable.yaml': deployment(2, 'nginx:1.27').replaceAll('app: web}', 'app: other}'),
  'badfield.yaml': deployment(2, 'nginx:1.27')
    .replace('replicas', 'replica')
    .replace('image: nginx:1.27', 'image: nginx:1.27\n        imagePullPolice: x'),
  'badkind.yaml': 'apiVersion: v1\nkind: Widget\nmetadata: {name: w}\n',
  'badver.yaml': 'apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata: {name: w}\n',
  'badyaml.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n  labels: a: b\n',
  'nokind.yaml': 'apiVersion: v1\nmetadata: {name: x}\n',
  'ns-missing.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: nope}\n',
  'a1.json': '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"x":"1","y":"2"}}',
  'a2.json': '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"x":"3"}}',
}
