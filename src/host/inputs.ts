import * as z from 'zod/mini'
import { callable } from '../api/checked-input.js'
import type { MethodInputs } from '../cluster/at-caller.js'
import { aCluster } from '../cluster/inputs/a-cluster.js'

const path = z.string()

/** The methods of a `Host`. */
export const hostInputs: MethodInputs = {
  on: { example: 'host.on(cluster.fork())', args: () => ({ cluster: aCluster }) },
  sh: { example: "await host.sh('kubectl get nodes')", args: () => ({ script: z.string() }) },
  read: { example: "host.read('/etc/hosts')", args: () => ({ path }) },
  write: {
    example: "host.write('/root/web.yaml', manifest)",
    args: () => ({ path, content: z.union([z.string(), z.instanceof(Uint8Array)]) }),
  },
  edit: {
    example: "host.edit('/etc/hosts', (text) => `${text}10.0.0.1 a\\n`)",
    args: () => ({ path, change: callable() }),
  },
  remove: { example: "host.remove('/root/web.yaml')", args: () => ({ path }) },
}
