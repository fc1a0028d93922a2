import { SimCluster } from 'simcluster'
import type { Chapter } from './terminal.js'
import { file } from './terminal.js'

const pod = (name: string, spec: string, container: string): string =>
  `${file(
    `${name}.yaml`,
    `apiVersion: v1
kind: Pod
metadata: { name: ${name} }
spec:
${spec}
  volumes: [{ name: sec-ctx-vol, emptyDir: {} }]
  containers:
  - { name: sec-ctx, image: busybox, command: [sh, -c, sleep 1h], volumeMounts: [{ name: sec-ctx-vol, mountPath: /data/demo }]${container} }`,
  )}\nkubectl apply -f ${name}.yaml`

export const securityContext: Chapter = {
  // the cluster of the slides was older than the feature gate of runAsGroup
  number: 6,
  title: 'Security contexts',
  begin: (version, options) =>
    new SimCluster({ ...options, version: version === 'v1.14' ? 'v1.13' : version, nodes: 1 }),
  rows: [
    {
      id: 'S1',
      title: 'runAsUser, runAsGroup, fsGroup',
      play: async (t) => {
        await t.type(
          pod(
            'security-context-demo',
            '  securityContext: { runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000 }',
            '',
          ),
        )
        t.cluster.settle()
        await t.type('kubectl exec security-context-demo -- id')
        await t.type(
          "kubectl exec security-context-demo -- sh -c 'echo hello > /data/demo/testfile; ls -l /data/demo'",
        )
      },
    },
    {
      id: 'S2',
      title: 'the container has the last word',
      play: async (t) => {
        await t.type(
          pod(
            'security-context-demo-2',
            '  securityContext: { runAsUser: 1000 }',
            ', securityContext: { runAsUser: 2000, allowPrivilegeEscalation: false }',
          ),
        )
        t.cluster.settle()
        await t.type(
          'kubectl exec security-context-demo-2 -- id -u; kubectl exec security-context-demo-2 -- ps aux',
        )
      },
    },
    {
      id: 'S3',
      title: 'capabilities, read-only roots, runAsNonRoot',
      play: async (t) => {
        await t.type(
          pod(
            'caps',
            '',
            ', securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, ' +
              'capabilities: { add: [NET_ADMIN], drop: [DAC_OVERRIDE] } }',
          ),
        )
        await t.type(pod('nonroot', '  securityContext: { runAsNonRoot: true }', ''))
        t.cluster.settle()
        t.wait('10s')
        await t.type('kubectl exec caps -- sh -c \'grep -E "CapEff|NoNewPrivs" /proc/1/status; touch /x\'')
        await t.type('kubectl get pod nonroot; kubectl describe pod nonroot | grep -m1 runAsNonRoot')
        if (t.isOld) return
        await t.type(
          'kubectl create namespace strict; kubectl label namespace strict ' +
            'pod-security.kubernetes.io/enforce=restricted; kubectl apply -n strict -f caps.yaml',
        )
        await t.type(
          'kubectl create namespace warned; kubectl label namespace warned ' +
            'pod-security.kubernetes.io/warn=restricted; kubectl apply -n warned -f caps.yaml',
        )
      },
    },
  ],
}
