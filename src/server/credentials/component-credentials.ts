import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { BOOTSTRAP_TOKEN_TYPE } from '../../api/core/secret.js'
import { InputError } from '../../lang/input-error.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { writePrivateFile } from '../../disk/private-file.js'
import { PKI_DIR } from '../../pki/index.js'
import { type KubeconfigUser, kubeconfigFor } from './kubeconfig.js'

/** Says who wrote a folder, so that it may be written again. */
const MARK = 'README'
const FIRST_LINE = 'Written by simcluster: the keys of a simulated cluster.'

/** Who the components are, by the name of their kubeconfig. */
const COMPONENTS: Readonly<Record<string, Required<Pick<KubeconfigUser, 'user' | 'groups'>>>> = {
  'admin.conf': { user: 'kubernetes-admin', groups: ['system:masters'] },
  'controller-manager.conf': { user: 'system:kube-controller-manager', groups: [] },
  'scheduler.conf': { user: 'system:kube-scheduler', groups: [] },
  'kube-proxy.conf': { user: 'system:kube-proxy', groups: [] },
}

/** What a kubelet that joins presents, and its name among the files. */
const BOOTSTRAP = 'bootstrap-kubelet.conf'
const JOINING = 'system:bootstrappers:kubeadm:default-node-token'

/** The server that the kubeconfigs name. */
interface NamedServer {
  /** `https://127.0.0.1:6443` */
  readonly server: string
  /** PEM of the authorities of its certificate. */
  readonly authority: string
}

/**
 * Checks that {@link writeCredentials} may write to a folder.
 * @throws InputError if something else is in it: the keys of a real cluster would be lost
 */
export function checkCredentialsFolder(folder: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return
  const mark = join(folder, MARK)
  if (existsSync(mark) && readFileSync(mark, 'utf8').startsWith(FIRST_LINE)) return
  throw new InputError(`${folder} has files that simcluster did not write; name another folder, or empty it`)
}

/**
 * Writes what real components need to take the place of simulated ones: the authorities, certificates and the
 * service account key in `pki`, as kubeadm lays them out, and a kubeconfig for each component. Only their
 * owner can read the files. `bootstrap-kubelet.conf` has a token with which kubelets of any name can join,
 * for which a Secret is created.
 * @throws InputError if the folder has other files
 */
export function writeCredentials(cluster: SimCluster, folder: string, at: NamedServer): void {
  checkCredentialsFolder(folder)
  const write = (name: string, text: string): void => {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writePrivateFile(path, text)
  }
  write(MARK, `${FIRST_LINE}\n`)
  for (const path of cluster.pki.paths())
    if (path.startsWith(`${PKI_DIR}/`))
      write(join('pki', path.slice(PKI_DIR.length + 1)), cluster.pki.read(path))
  for (const [name, user] of Object.entries(COMPONENTS))
    write(name, kubeconfigFor(cluster, { ...at, ...user }))
  for (const { name } of cluster.nodes()) {
    const user = { user: `system:node:${name}`, groups: ['system:nodes'] }
    write(`kubelet-${name}.conf`, kubeconfigFor(cluster, { ...at, ...user }))
  }
  const token = createToken(cluster)
  write(BOOTSTRAP, kubeconfigFor(cluster, { ...at, user: 'tls-bootstrap-token-user', token }))
}

/** Creates a bootstrap token, as `kubeadm token create --ttl 0` does. */
function createToken({ client }: SimCluster): string {
  const [id, secret] = [randomBytes(3).toString('hex'), randomBytes(8).toString('hex')]
  client.create('secrets', {
    metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
    type: BOOTSTRAP_TOKEN_TYPE,
    stringData: {
      'token-id': id,
      'token-secret': secret,
      'auth-extra-groups': JOINING,
      'usage-bootstrap-authentication': 'true',
    },
  })
  return `${id}.${secret}`
}
