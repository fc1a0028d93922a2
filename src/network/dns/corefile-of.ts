import type { Pod } from '../../api/core/generated.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import { CorefileError, corefilePath, type CorefileServer, parseCorefile } from '../../lang/text/corefile.js'

/** Files parsed lately; undefined for what does not parse. */
const parsed = new Map<string, readonly CorefileServer[] | undefined>()
const MOST_PARSED = 100

function parse(text: string): readonly CorefileServer[] | undefined {
  if (parsed.has(text)) return parsed.get(text)
  if (parsed.size >= MOST_PARSED) parsed.clear()
  let servers: readonly CorefileServer[] | undefined
  try {
    servers = parseCorefile(text, 'Corefile')
  } catch (error) {
    if (!(error instanceof CorefileError)) throw error
  }
  parsed.set(text, servers)
  return servers
}

/**
 * Returns the servers of the Corefile that a pod of CoreDNS mounts from a ConfigMap, as its plugin `reload`
 * would have them by now; undefined if it mounts none, or one that does not parse: then CoreDNS goes on with
 * the one before, which is taken for kubeadm's.
 */
export function corefileOf(client: Client, pod: Pod): readonly CorefileServer[] | undefined {
  for (const { args = [], volumeMounts = [] } of pod.spec.containers) {
    const path = corefilePath(args) ?? ''
    const mount = volumeMounts.find(({ mountPath }) => path.startsWith(`${mountPath}/`))
    const source = pod.spec.volumes?.find(({ name }) => name === mount?.name)?.configMap
    if (mount === undefined || source?.name === undefined) continue
    const file = path.slice(mount.mountPath.length + 1)
    const key = source.items?.find((item) => item.path === file)?.key ?? file
    const { namespace = '' } = pod.metadata
    const found = ignoreNotFound(() => client.get('configmaps', { namespace, name: source.name ?? '' }))
    const text = found?.data?.[key]
    if (text !== undefined) return parse(text)
  }
  return undefined
}
