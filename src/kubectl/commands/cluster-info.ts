import type { KubeObject } from '../../api/kind/definition.js'
import type { Service } from '../../api/core/generated.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { KubectlError } from '../call/errors.js'
import { printValue, withoutManagedFields } from '../print/object.js'
import { inGoOrder } from '../print/go-field-order.js'
import { printJson } from '../print/json.js'
import type { GoList } from '../print/go-field-order.js'
import { isApiError } from '../../client/api-error.js'

const DEBUG = "To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'."

/** `kubectl cluster-info` and `cluster-info dump`. Source: kubectl pkg/cmd/clusterinfo. */
export const clusterInfo: KubectlCommand = {
  name: 'cluster-info',
  commands: [{ name: 'dump', run: dump }],
  run(call) {
    const server = call.kubeconfig.server
    try {
      const { items } = call.client.list('services', {
        namespace: 'kube-system',
        labelSelector: 'kubernetes.io/cluster-service=true',
      })
      call.out.line(`Kubernetes control plane is running at ${server}`)
      for (const service of items)
        call.out.line(`${nameOf(service)} is running at ${linkOf(service, server)}`)
    } finally {
      call.out.line(`\n${DEBUG}`)
    }
  },
}

const nameOf = ({ metadata }: Service): string =>
  metadata.labels?.['kubernetes.io/name'] ?? metadata.name ?? ''

function linkOf({ metadata, spec, status }: Service, server: string): string {
  const [ingress] = status.loadBalancer?.ingress ?? []
  const ports = spec.ports ?? []
  if (ingress !== undefined)
    return ports.map(({ port }) => `http://${ingress.ip ?? ingress.hostname ?? ''}:${port} `).join('')
  const { namespace = '', name = '' } = metadata
  const [port] = ports
  const shown = ports.length === 1 ? `${name}:${port?.name ?? ''}` : name
  return `${server}/api/v1/namespaces/${namespace}/services/${port?.name === undefined ? name : shown}/proxy`
}

/** Kinds that are dumped for each namespace, and their files. */
const KINDS = [
  ['events', 'events'],
  ['replicationcontrollers', 'replication-controllers'],
  ['services', 'services'],
  ['daemonsets', 'daemonsets'],
  ['deployments', 'deployments'],
  ['replicasets', 'replicasets'],
  ['pods', 'pods'],
] as const

function dump(call: CommandLine): void {
  const { client, flags, out } = call
  const format = flags.string('output')
  if (format === 'name') throw new KubectlError('list types are not supported by name printing: *v1.NodeList')
  const directory = flags.string('output-directory')
  const write = (file: string, text: string): void => {
    if (directory === '' || directory === '-') out.document(file.endsWith('.yaml') ? 'yaml' : '', text)
    else call.files.write(`${directory.replace(/\/$/, '')}/${file}`, text)
  }
  const extension = format === 'yaml' ? 'yaml' : format === 'json' ? 'json' : 'txt'
  write(`nodes.${extension}`, printed(call, listOf('Node', client.list('nodes')), format))
  for (const namespace of namespacesOf(call)) {
    for (const [resource, file] of KINDS) {
      const list = client.list(resource, { namespace })
      write(`${namespace}/${file}.${extension}`, printed(call, listOf('', list), format))
    }
    for (const pod of client.list('pods', { namespace }).items) {
      const name = pod.metadata.name ?? ''
      for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
        write(
          `${namespace}/${name}/logs.txt`,
          `==== START logs for container ${container.name} of pod ${namespace}/${name} ====\n` +
            `${logOf(call, namespace, name, container.name)}==== END logs for container ` +
            `${container.name} of pod ${namespace}/${name} ====\n`,
        )
      }
    }
  }
  if (directory !== '' && directory !== '-') out.line(`Cluster info dumped to ${directory}`)
}

/** JSON keeps the order of Go's fields; other formats sort them. */
const printed = ({ env: { scheme } }: CommandLine, list: ReturnType<typeof listOf>, format: string): string =>
  format === 'json' ? printJson(inGoOrder(scheme, list), true) : printValue(list, format)

function namespacesOf({ flags, client, namespace }: CommandLine): readonly string[] {
  if (flags.bool('all-namespaces'))
    return client.list('namespaces').items.map(({ metadata }) => metadata.name ?? '')
  const named = flags.strings('namespaces')
  return named.length > 0 ? named : ['kube-system', namespace]
}

function logOf({ client }: CommandLine, namespace: string, name: string, container: string): string {
  try {
    const session = client.logs({ namespace, name }, { container })
    const decoder = new TextDecoder()
    const text = session
      .read()
      .map(({ data }) => decoder.decode(data, { stream: true }))
      .join('')
    session.stop()
    return text
  } catch (error) {
    if (isApiError(error)) return `Request log error: ${unreadText(error.code)} (get pods ${name})\n`
    throw error
  }
}

/**
 * Text of a failed stream, whose body client-go does not read. Source: apimachinery api/errors
 * NewGenericServerResponse.
 */
function unreadText(code: number): string {
  if (code === 400) return 'the server rejected our request for an unknown reason'
  if (code === 403) return 'forbidden'
  if (code === 404) return 'the server could not find the requested resource'
  return 'an error on the server ("unknown") has prevented the request from succeeding'
}

function listOf(
  kind: string,
  {
    kind: listKind,
    apiVersion,
    metadata,
    items,
  }: {
    readonly kind: string
    readonly apiVersion: string
    readonly metadata: object
    readonly items: readonly KubeObject[]
  },
): GoList {
  return {
    kind: listKind === '' ? `${kind}List` : listKind,
    apiVersion,
    metadata,
    items: items.map((item) => untyped(withoutManagedFields(item))),
  }
}

/** Removes the kind of a list's item, as kubectl decodes items without it. */
function untyped(object: KubeObject): KubeObject {
  return Object.fromEntries(
    Object.entries(object).filter(([field]) => field !== 'kind' && field !== 'apiVersion'),
  ) as unknown as KubeObject
}
