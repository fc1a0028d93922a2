import { SimCluster } from 'simcluster'
import type { Chapter } from './terminal.js'
import { file } from './terminal.js'

const MANIFESTS = '/etc/kubernetes/manifests'

const web = (image: string, more: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "${image}"${more} }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: wbe }, ports: [{ port: 80 }] }`

const crash = `apiVersion: v1
kind: Pod
metadata: { name: crash }
spec: { containers: [{ name: crash, image: busybox, command: [sh, -c, "echo no configuration; exit 1"] }] }`

const staticPod = `apiVersion: v1
kind: Pod
metadata: { name: static }
spec: { containers: [{ name: c, image: busybox, command: [sh, -c, "echo the kubelet has started me; sleep 1d"] }] }`

export const troubleshooting: Chapter = {
  number: 8,
  title: 'Troubleshooting',
  begin: (version, options) =>
    new SimCluster({
      ...options,
      version,
      nodes: 2,
      images: {
        'ngnix:latest': {
          pullError: 'pull access denied, repository does not exist or may require authorization',
        },
      },
    }),
  rows: [
    {
      id: 'T1',
      title: 'applications: names, labels, images, configuration, crashes',
      play: async (t) => {
        await t.type(`${file('web.yaml', web('ngnix:latest', ''))}\nkubectl apply -f web.yaml`)
        t.wait('1m')
        await t.type('kubectl get pods; kubectl describe pods | grep -m1 "Failed to pull"')
        await t.type('kubectl set image deployment/web web=nginx')
        t.wait('1m')
        await t.type('kubectl get pods,endpoints')
        await t.type(
          `kubectl patch service web -p '{"spec":{"selector":{"app":"web"}}}'; sleep 5; kubectl get ` +
            'endpoints web',
        )
        await t.type(
          'kubectl patch deployment web -p ' +
            '\'{"spec":{"template":{"spec":{"containers":[{"name":"web",' +
            '"envFrom":[{"configMapRef":{"name":"settings"}}]}]}}}}\'',
        )
        t.wait('30s')
        await t.type(
          'kubectl get pods; kubectl describe pods | grep -m1 "configmap \\"settings\\" not found"',
        )
        await t.type('kubectl create configmap settings --from-literal=mode=fast; sleep 60; kubectl get pods')
        await t.type(`${file('crash.yaml', crash)}\nkubectl apply -f crash.yaml`)
        t.wait('2m')
        await t.type(
          'kubectl get pod crash; kubectl logs crash --previous; kubectl describe pod crash | grep -i ' +
            'back-off',
        )
      },
    },
    {
      id: 'T2',
      title: 'kubectl cannot connect',
      play: async (t) => {
        await t.type(`mv ${MANIFESTS}/kube-apiserver.yaml /root/; kubectl get nodes`)
        await t.type('crictl ps; journalctl -u kubelet -n 2')
        await t.type(`mv /root/kube-apiserver.yaml ${MANIFESTS}/; kubectl get nodes`)
        await t.type('kubectl --server=https://10.0.0.10:6444 get nodes')
        await t.type('kubectl --certificate-authority=/etc/kubernetes/pki/front-proxy-ca.crt get nodes')
      },
    },
    {
      id: 'T3',
      title: 'pods stay unplaced',
      play: async (t) => {
        await t.type(
          `mv ${MANIFESTS}/kube-scheduler.yaml /root/; kubectl run waiting --image=nginx ` +
            '--restart=Never; sleep 60; kubectl get pod waiting; kubectl describe pod waiting | tail -2',
        )
        await t.type(`mv /root/kube-scheduler.yaml ${MANIFESTS}/; sleep 30; kubectl get pod waiting`)
        await t.type(
          file(
            'big.yaml',
            'apiVersion: v1\nkind: Pod\nmetadata: { name: big }\nspec: { containers: [{ name: c, ' +
              'image: nginx, resources: { requests: { cpu: "64" } } }] }',
          ),
        )
        await t.type('kubectl apply -f big.yaml; sleep 5; kubectl describe pod big | grep FailedScheduling')
        await t.type(
          'kubectl taint nodes --all maintenance=now:NoSchedule; kubectl run tainted --image=nginx ' +
            '--restart=Never; sleep 5; kubectl describe pod tainted | grep FailedScheduling; kubectl ' +
            'taint nodes --all maintenance-',
        )
      },
    },
    {
      id: 'T4',
      title: 'a node does not answer',
      play: async (t) => {
        await t.type(
          'ssh node-1 systemctl stop kubelet; sleep 60; kubectl get nodes; ssh node-1 systemctl ' +
            'status kubelet',
        )
        await t.type('ssh node-1 systemctl start kubelet; sleep 20; kubectl get nodes')
        await t.type(
          "ssh node-1 'mv /var/lib/kubelet/pki/kubelet-client-current.pem /root/; systemctl restart " +
            "kubelet'; sleep 60; kubectl get nodes; ssh node-1 journalctl -u kubelet -n 3",
        )
        await t.type(
          "ssh node-1 'mv /root/kubelet-client-current.pem /var/lib/kubelet/pki/'; sleep 20; kubectl " +
            'get nodes',
        )
      },
    },
    {
      id: 'T5',
      title: 'logs',
      play: async (t) => {
        await t.type(
          'ls /var/log; tail -n 2 /var/log/kube-apiserver.log /var/log/kube-scheduler.log ' +
            '/var/log/kube-controller-manager.log',
        )
        await t.type("ssh node-1 'ls /var/log; tail -n 2 /var/log/kubelet.log /var/log/kube-proxy.log'")
        await t.type("ssh node-1 'systemctl restart kubelet; journalctl -u kubelet -f -n 3'")
        await t.type('ssh node-1')
        await t.type(file('/etc/kubernetes/manifests/static.yaml', staticPod))
        await t.type('exit')
        await t.type('sleep 30; kubectl logs static-node-1')
      },
    },
  ],
}
