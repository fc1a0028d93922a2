import type { Pod } from '../../api/core/generated.js'
import type { Call } from '../call.js'
import { debugContainer } from './container.js'

/** A pod on a node that sees the machine. Source: kubectl pkg/cmd/debug generateNodeDebugPod. */
export function nodePod(
  call: Call,
  { name, node }: { readonly name: string; readonly node: string },
  command: readonly string[],
): Pod {
  const { flags, namespace } = call
  const profile = flags.string('profile')
  const seesMachine = !['baseline', 'restricted'].includes(profile)
  const container = debugContainer(call, flags.string('container') || 'debugger', command, 'node')
  return {
    metadata: { name, namespace, labels: { 'app.kubernetes.io/managed-by': 'kubectl-debug' } },
    spec: {
      ...(seesMachine ? { hostIPC: profile !== 'netadmin', hostNetwork: true, hostPID: true } : {}),
      ...(seesMachine && profile !== 'netadmin'
        ? { volumes: [{ name: 'host-root', hostPath: { path: '/' } }] }
        : {}),
      containers: [
        {
          ...container,
          ...(seesMachine && profile !== 'netadmin'
            ? { volumeMounts: [{ name: 'host-root', mountPath: '/host' }] }
            : {}),
        },
      ],
      nodeName: node,
      restartPolicy: 'Never',
      tolerations: [{ operator: 'Exists' }],
    },
  } as unknown as Pod
}
