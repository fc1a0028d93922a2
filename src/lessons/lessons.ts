import type { ClusterOptions } from '../cluster/compose/options.js'
import type { Desk, Lesson } from './lesson.js'

const deployment = (name: string, container: object, pod: object = {}, replicas = 2): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name, image: 'nginx', ...container }], ...pod },
    },
  },
})

/** Whether a Deployment gets all its replicas ready within some time. */
function comesUp({ cluster }: Desk, name: string, replicas = 2): boolean {
  return cluster.until(
    () =>
      (cluster.state.stored('deployments', { fieldSelector: `metadata.name=${name}` })[0]?.status
        ?.readyReplicas ?? 0) === replicas,
    { timeout: '10m' },
  )
}

/** Whether the apiserver responds. */
const answers = ({ cluster }: Desk): boolean => cluster.kubectl('get nodes').exitCode === 0

const nodesReady = ({ cluster }: Desk): boolean =>
  cluster.until(() => cluster.nodes().every(({ ready }) => ready), { timeout: '5m' })

/** A ValidatingWebhookConfiguration for new pods that calls the Service default/guard. */
const webhookConfiguration = (name: string, path: string): object => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name },
  webhooks: [
    {
      name: `${name}.example.com`,
      clientConfig: { service: { namespace: 'default', name, path } },
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      failurePolicy: 'Fail',
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
    },
  ],
})

/** Refuses pods without the label `owner`. */
const guard: NonNullable<ClusterOptions['webhooks']>[string] = ({ request }) => {
  const pod = request.object as
    | { readonly metadata?: { readonly labels?: Readonly<Record<string, string>> } }
    | undefined
  const allowed = pod?.metadata?.labels?.owner !== undefined
  return {
    response: {
      uid: request.uid,
      allowed,
      ...(allowed
        ? {}
        : { status: { code: 403, message: 'pods must have a label "owner" that says whose they are' } }),
    },
  }
}

const ETCD =
  '--cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/server.crt --key ' +
  '/etc/kubernetes/pki/etcd/server.key'
const MANIFESTS = '/etc/kubernetes/manifests'
const KEY_FLAG = '--service-account-private-key-file=/etc/kubernetes/pki'

/** The troubleshooting lessons: those of the course (T1 to T4), and further ones from practice. */
export const LESSONS: readonly Lesson[] = [
  {
    id: 'T1-selector',
    title: 'A Service without endpoints',
    symptom: 'Nobody reaches the Service web, though its pods run.',
    start: ({ cluster }) => {
      cluster.apply([
        deployment('web', {}),
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'web' },
          spec: { selector: { app: 'wbe' }, ports: [{ port: 80 }] },
        },
      ])
      cluster.settle()
    },
    check: ({ cluster }) =>
      cluster
        .settle()
        .state.stored('endpointslices', { labelSelector: 'kubernetes.io/service-name=web' })
        .some(({ endpoints }) => (endpoints ?? []).length === 2),
    hints: ['kubectl get endpointslices', 'Compare the labels of the pods with the selector of the Service.'],
    solution: `kubectl patch service web -p '{"spec":{"selector":{"app":"web"}}}'`,
  },
  {
    id: 'T1-config',
    title: 'A ConfigMap that is missing',
    symptom: 'The pods of web stay in CreateContainerConfigError.',
    start: ({ cluster }) => {
      cluster.apply([deployment('web', { envFrom: [{ configMapRef: { name: 'settings' } }] })])
      cluster.advance('30s')
    },
    check: (desk) => comesUp(desk, 'web'),
    hints: ['kubectl describe pod', 'Something that the container takes its variables from is not there.'],
    solution: 'kubectl create configmap settings --from-literal=mode=fast',
  },
  {
    id: 'T1-image',
    title: 'A typo in an image',
    symptom: 'The pods of web stay in ImagePullBackOff.',
    options: {
      nodes: 2,
      images: {
        'ngnix:latest': {
          pullError: 'pull access denied, repository does not exist or may require authorization',
        },
      },
    },
    start: ({ cluster }) => {
      cluster.apply([deployment('web', { image: 'ngnix:latest' })])
      cluster.advance('1m')
    },
    check: (desk) => comesUp(desk, 'web'),
    hints: ['kubectl describe pod', 'Read the name of the image slowly.'],
    solution: 'kubectl set image deployment/web web=nginx',
  },
  {
    id: 'T2-certificate',
    title: 'The apiserver does not come back',
    symptom: 'kubectl: connection refused.',
    start: async ({ master }) =>
      void (await master.sh(
        `sed -i 's#pki/apiserver.crt#pki/api-server.crt#' ${MANIFESTS}/kube-apiserver.yaml`,
      )),
    check: answers,
    hints: [
      'crictl ps -a',
      'tail /var/log/kube-apiserver.log',
      `Compare ${MANIFESTS}/kube-apiserver.yaml with ls /etc/kubernetes/pki.`,
    ],
    solution: `sed -i 's#pki/api-server.crt#pki/apiserver.crt#' ${MANIFESTS}/kube-apiserver.yaml`,
  },
  {
    id: 'T2-flag',
    title: 'A flag that the apiserver does not know',
    symptom: 'kubectl: connection refused.',
    start: async ({ master }) =>
      void (await master.sh(
        `sed -i 's#--allow-privileged#--allow-priviledged#' ${MANIFESTS}/kube-apiserver.yaml`,
      )),
    check: answers,
    hints: ['crictl ps -a', 'crictl logs of the container that exited'],
    solution: `sed -i 's#--allow-priviledged#--allow-privileged#' ${MANIFESTS}/kube-apiserver.yaml`,
  },
  {
    id: 'T2-etcd',
    title: 'etcd does not run',
    symptom: 'kubectl: connection refused; the manifest of the apiserver is right.',
    start: async ({ master }) =>
      void (await master.sh(`sed -i 's#etcd/server.key#etcd/serve.key#' ${MANIFESTS}/etcd.yaml`)),
    check: answers,
    hints: ['crictl ps -a', 'tail /var/log/etcd.log'],
    solution: `sed -i 's#etcd/serve.key#etcd/server.key#' ${MANIFESTS}/etcd.yaml`,
  },
  {
    id: 'T3-scheduler',
    title: 'No scheduler',
    symptom: 'New pods stay Pending, and no event says why.',
    start: async ({ cluster, master }) => {
      await master.sh(`mv ${MANIFESTS}/kube-scheduler.yaml /root/`)
      cluster.apply([deployment('web', {})])
      cluster.advance('1m')
    },
    check: (desk) => comesUp(desk, 'web'),
    hints: ['kubectl describe pod: there are no events', 'crictl ps', `ls ${MANIFESTS} /root`],
    solution: `mv /root/kube-scheduler.yaml ${MANIFESTS}/`,
  },
  {
    id: 'T3-resources',
    title: 'More than any node has',
    symptom: 'The pods of web stay Pending.',
    start: ({ cluster }) => {
      cluster.apply([deployment('web', { resources: { requests: { cpu: '64' } } })])
      cluster.settle()
    },
    check: (desk) => comesUp(desk, 'web'),
    hints: ['kubectl describe pod: FailedScheduling', 'Compare requests with kubectl describe node.'],
    solution: 'kubectl set resources deployment web --requests=cpu=100m',
  },
  {
    id: 'T4-kubelet',
    title: 'A kubelet that is stopped',
    symptom: 'node-1 is NotReady.',
    start: async ({ cluster, master }) => {
      await master.sh('ssh node-1 systemctl stop kubelet')
      cluster.advance('1m')
    },
    check: nodesReady,
    hints: ['ssh node-1 systemctl status kubelet'],
    solution: 'ssh node-1 systemctl start kubelet',
  },
  {
    id: 'T4-certificate',
    title: 'A kubelet without a valid certificate',
    symptom: 'node-1 is NotReady; its kubelet starts again and again.',
    start: async ({ cluster, master }) => {
      await master.sh(
        "ssh node-1 'mv /var/lib/kubelet/pki/kubelet-client-current.pem /root/; systemctl restart kubelet'",
      )
      cluster.advance('1m')
    },
    check: nodesReady,
    hints: [
      'ssh node-1 journalctl -u kubelet -n 5',
      'The kubelet wants to bootstrap: it finds no client certificate.',
    ],
    solution: "ssh node-1 'mv /root/kubelet-client-current.pem /var/lib/kubelet/pki/'",
  },
  {
    id: 'T4-expired',
    title: 'A kubelet that has missed the renewal of its certificate',
    symptom: 'node-1 is NotReady; its kubelet starts again and again.',
    start: ({ cluster }) => {
      const subject = { commonName: 'system:node:node-1', organizations: ['system:nodes'] }
      const { certificate, key } = cluster.pki.clientCertificate(subject, {
        notBefore: cluster.now() - 3_600_000,
        validFor: 3_540_000,
      })
      cluster.pki.write('/var/lib/kubelet/pki/kubelet-client-current.pem', certificate + key, 'node-1')
      cluster.node('node-1').restartKubelet()
      cluster.advance('1m')
    },
    check: nodesReady,
    hints: [
      'ssh node-1 journalctl -u kubelet -n 5',
      'ssh node-1 openssl x509 -noout -enddate -in /var/lib/kubelet/pki/kubelet-client-current.pem',
      'kubeadm kubeconfig user --org system:nodes --client-name system:node:node-1 writes a new ' +
        'kubelet.conf.',
    ],
    solution: `CONF=$(kubeadm kubeconfig user --org system:nodes \
--client-name system:node:node-1 | base64 -w0)
ssh node-1 "echo $CONF | base64 -d > /etc/kubernetes/kubelet.conf; systemctl restart kubelet"`,
  },
  {
    id: 'T5-logs',
    title: 'What the logs know',
    symptom:
      'A Deployment that is deleted leaves its pods behind, and nothing new is made of Deployments: ' +
      'no component of the control plane is missed by the node that runs it.',
    start: async ({ cluster, master }) => {
      cluster.apply([deployment('web', {})])
      cluster.settle()
      await master.sh(
        `sed -i 's#${KEY_FLAG}/sa.key#${KEY_FLAG}/sa.kye#' ${MANIFESTS}/kube-controller-manager.yaml`,
      )
      cluster.kubectl('scale deployment web --replicas=3')
      cluster.advance('1m')
    },
    check: (desk) => comesUp(desk, 'web', 3),
    hints: [
      'kubectl get deployment web: it does not get on',
      'ls /var/log; tail -n 3 /var/log/kube-*.log',
      'crictl ps -a',
    ],
    solution: `sed -i 's#sa.kye#sa.key#' ${MANIFESTS}/kube-controller-manager.yaml`,
  },
  {
    id: 'kubelet-config',
    title: 'A kubelet configuration that cannot be read',
    symptom: 'node-2 is NotReady.',
    start: async ({ cluster, master }) => {
      await master.sh(
        "ssh node-2 'sed -i s/KubeletConfiguration/KubeletConfig/ /var/lib/kubelet/config.yaml; " +
          "systemctl restart kubelet'",
      )
      cluster.advance('1m')
    },
    check: nodesReady,
    hints: ['ssh node-2 journalctl -u kubelet -n 5'],
    solution: "ssh node-2 'sed -i s/KubeletConfig/KubeletConfiguration/ /var/lib/kubelet/config.yaml'",
  },
  {
    id: 'taint',
    title: 'A taint that nothing tolerates',
    symptom: 'The pods of web stay Pending.',
    start: ({ cluster }) => {
      cluster.kubectl('taint nodes --all maintenance=now:NoSchedule')
      cluster.apply([deployment('web', {})])
      cluster.settle()
    },
    check: (desk) => comesUp(desk, 'web'),
    hints: ['kubectl describe pod: untolerated taint', 'kubectl describe node: Taints'],
    solution: 'kubectl taint nodes --all maintenance:NoSchedule-',
  },
  {
    id: 'quota',
    title: 'A quota that is used up',
    symptom: 'The Deployment web has one pod where it should have two.',
    start: ({ cluster }) => {
      cluster.apply([
        {
          apiVersion: 'v1',
          kind: 'ResourceQuota',
          metadata: { name: 'few', namespace: 'default' },
          spec: { hard: { pods: '1' } },
        },
      ])
      cluster.settle()
      cluster.apply([deployment('web', {})])
      cluster.settle()
    },
    check: (desk) => comesUp(desk, 'web'),
    hints: ['kubectl describe replicaset', 'kubectl describe quota'],
    solution:
      `kubectl patch resourcequota few -p '{"spec":{"hard":{"pods":"10"}}}'; sleep 60; kubectl rollout ` +
      'restart deployment web',
  },
  {
    id: 'secret',
    title: 'A Secret that is missing',
    symptom: 'The pods of web do not start.',
    start: ({ cluster }) => {
      cluster.apply([
        deployment('web', {
          env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
        }),
      ])
      cluster.advance('30s')
    },
    check: (desk) => comesUp(desk, 'web'),
    hints: ['kubectl describe pod'],
    solution: 'kubectl create secret generic db --from-literal=password=x',
  },
  {
    id: 'secret-crash',
    title: 'A program that crashes for want of a Secret',
    symptom: 'The pods of web are in CrashLoopBackOff.',
    start: ({ cluster }) => {
      cluster.apply([
        deployment('web', {
          image: 'busybox',
          command: [
            'sh',
            '-c',
            'if [ -z "$PASSWORD" ]; then echo "fatal: PASSWORD is not set"; exit 1; fi; sleep 100000',
          ],
          env: [
            {
              name: 'PASSWORD',
              valueFrom: { secretKeyRef: { name: 'db', key: 'password', optional: true } },
            },
          ],
        }),
      ])
      cluster.advance('2m')
    },
    check: (desk) => comesUp(desk, 'web'),
    hints: [
      'kubectl logs deployment/web',
      'kubectl describe deployment web: where PASSWORD comes from, and that it is optional',
      'kubectl get secrets',
    ],
    solution:
      'kubectl create secret generic db --from-literal=password=x; kubectl rollout restart deployment web',
  },
  {
    id: 'etcd-space',
    title: 'etcd is out of space',
    symptom: 'Everything can be read, and nothing written: database space exceeded.',
    start: ({ cluster }) => {
      cluster.internals.etcd.alarm({ action: 'ACTIVATE', alarm: 'NOSPACE' })
      cluster.advance('1s')
    },
    check: ({ cluster }) =>
      cluster.kubectl('create configmap probe').exitCode === 0 &&
      cluster.kubectl('delete configmap probe').exitCode === 0,
    hints: [
      'kubectl create configmap x',
      `etcdctl ${ETCD} alarm list; etcdctl ${ETCD} -w table endpoint status`,
      'Compact the history, give its space back, and disarm the alarm.',
    ],
    solution:
      `REV=$(etcdctl ${ETCD} -w json endpoint status | grep -o '"revision":[0-9]*' | head -1 | cut -d: ` +
      `-f2); etcdctl ${ETCD} compact $REV; etcdctl ${ETCD} defrag; etcdctl ${ETCD} alarm disarm`,
  },
  {
    id: 'budget',
    title: 'A budget that blocks a drain',
    symptom: 'kubectl drain node-1 does not end.',
    start: ({ cluster }) => {
      cluster.apply([
        deployment('web', {}),
        {
          apiVersion: 'policy/v1',
          kind: 'PodDisruptionBudget',
          metadata: { name: 'web' },
          spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } } },
        },
      ])
      cluster.settle()
    },
    check: ({ cluster }) =>
      cluster.fork().kubectl('drain node-1 --ignore-daemonsets --timeout=3m').exitCode === 0,
    hints: ['kubectl get pdb: ALLOWED DISRUPTIONS', 'There are as many pods as the budget asks for.'],
    solution: 'kubectl scale deployment web --replicas=3; sleep 30',
  },
  {
    id: 'webhook',
    title: 'A webhook that nobody answers',
    symptom: 'No pod can be created any more.',
    start: ({ cluster }) => {
      cluster.apply([webhookConfiguration('guard', '/'), deployment('web', {})])
      cluster.advance('30s')
    },
    check: (desk) => comesUp(desk, 'web'),
    hints: ['kubectl describe replicaset', 'kubectl get validatingwebhookconfigurations'],
    solution: 'kubectl delete validatingwebhookconfiguration guard; kubectl rollout restart deployment web',
  },
  {
    id: 'webhook-refuses',
    title: 'A webhook that refuses',
    symptom: 'The Deployment web has no pods.',
    options: { nodes: 2, webhooks: { 'default/guard': guard } },
    start: ({ cluster }) => {
      cluster.apply([webhookConfiguration('guard', '/validate'), deployment('web', {})])
      cluster.advance('30s')
    },
    check: (desk) => comesUp(desk, 'web'),
    hints: [
      'kubectl describe replicaset: the webhook says what it wants',
      'Its rule is a good one: give the pods what it asks for.',
    ],
    solution:
      'kubectl patch deployment web -p ' +
      `'{"spec":{"template":{"metadata":{"labels":{"owner":"shop"}}}}}'; sleep 30`,
  },
  {
    id: 'dns-policy',
    title: 'A policy that leaves no way to DNS',
    symptom: 'web cannot find db by its name.',
    options: { nodes: 2, coreDNS: true },
    start: ({ cluster }) => {
      cluster.apply([
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'client', labels: { app: 'client' } },
          spec: { containers: [{ name: 'c', image: 'busybox', command: ['sleep', '100000'] }] },
        },
        deployment('db', {}),
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'db' },
          spec: { selector: { app: 'db' }, ports: [{ port: 80 }] },
        },
        {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { name: 'only-db' },
          spec: {
            podSelector: { matchLabels: { app: 'client' } },
            policyTypes: ['Egress'],
            egress: [{ to: [{ podSelector: { matchLabels: { app: 'db' } } }] }],
          },
        },
      ])
      cluster.settle()
    },
    check: ({ cluster }) =>
      cluster.settle().network.connect({ from: 'default/client', to: 'db', port: 80 }).connected,
    hints: [
      'The address of db can be reached, its name cannot be resolved.',
      'An egress policy must allow port 53 of kube-system too.',
    ],
    solution:
      'kubectl patch networkpolicy only-db --type=json -p ' +
      `'[{"op":"add","path":"/spec/egress/-","value":{"ports":[{"port":53,"protocol":"UDP"},` +
      `{"port":53,"protocol":"TCP"}]}}]'`,
  },
]
