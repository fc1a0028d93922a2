import {
  Agent as PlainAgent,
  type ClientRequest,
  type IncomingMessage,
  request as plainRequest,
} from 'node:http'
import { Agent, request } from 'node:https'
import type { KubeObject } from '../../api/kind/definition.js'
import { ApiError, type Status } from '../../client/api-error.js'
import { parseExactJson } from '../../lang/go/json.js'
import type { ServerAccess } from './kubeconfig.js'
import type { ClusterSource, ListedResource, Listed } from './source.js'

/** Objects of one response: what kubectl asks for. */
const CHUNK = 500
/** Requests at the same time. */
const CONNECTIONS = 8
/** Ms without a byte after which a server counts as unreachable. */
const MOST_MS = 30_000

/** A resource with its path. */
interface ServedResource extends ListedResource {
  readonly apiVersion: string
  readonly kind: string
  /** `/apis/apps/v1` */
  readonly base: string
  readonly plural: string
}

type Get = (path: string) => Promise<unknown>

/**
 * Reads a cluster over HTTPS with the certificate or the token of a kubeconfig.
 * @throws Error that names the server, if it cannot be reached or does not know the user
 */
export function httpsSource(access: ServerAccess): ClusterSource {
  const get = getter(access)
  const served = new Map<string, ServedResource>()
  return {
    version: async () => JSON.stringify(await get('/version')),
    resources: async () => {
      const { got, refused } = await discover(get)
      for (const each of got) if (!served.has(each.name)) served.set(each.name, each)
      return { got: [...served.values()], refused }
    },
    list: async (resources, namespace) => {
      const known = resources.flatMap(({ name }) => served.get(name) ?? [])
      const lists = await Promise.all(known.map((resource) => settled(listOf(get, resource, namespace))))
      return {
        got: lists.flatMap((list) => (list instanceof ApiError ? [] : list)),
        refused: lists.filter((list) => list instanceof ApiError),
      }
    },
  }
}

/** A refusal of the server is a result. */
const settled = <T>(promise: Promise<T>): Promise<T | ApiError> =>
  promise.catch((error: unknown) => {
    if (error instanceof ApiError) return error
    throw error
  })

interface GroupList {
  readonly groups: readonly {
    readonly name: string
    readonly versions: readonly { readonly groupVersion: string }[]
    readonly preferredVersion?: { readonly groupVersion: string }
  }[]
}

interface ResourceList {
  readonly groupVersion: string
  readonly resources?: readonly {
    readonly name: string
    readonly kind: string
    readonly namespaced: boolean
    readonly verbs: readonly string[]
  }[]
}

/** What can be listed, the preferred version of each group first. */
async function discover(get: Get): Promise<Listed<ServedResource>> {
  const { groups } = (await get('/apis')) as GroupList
  const versions = groups.flatMap((group) => {
    const preferred = group.preferredVersion?.groupVersion
    const all = group.versions.map(({ groupVersion }) => groupVersion)
    return [...(preferred === undefined ? [] : [preferred]), ...all.filter((each) => each !== preferred)]
  })
  const bases = ['/api/v1', ...versions.map((version) => `/apis/${version}`)]
  const lists = await Promise.all(bases.map((base) => settled(get(base))))
  const got = lists.flatMap((list, at) =>
    list instanceof ApiError ? [] : resourcesIn(list as ResourceList, bases[at] ?? ''),
  )
  const refused = lists.flatMap((list, at) =>
    list instanceof ApiError ? [new Error(`${bases[at]?.replace('/apis/', '') ?? ''}: ${list.message}`)] : [],
  )
  return { got, refused }
}

function resourcesIn(
  { groupVersion, resources = [] }: ResourceList,
  base: string,
): readonly ServedResource[] {
  const [group = '', version] = groupVersion.split('/')
  return resources
    .filter(({ name, verbs }) => !name.includes('/') && verbs.includes('list'))
    .map(({ name, kind, namespaced }) => ({
      name: version === undefined ? name : `${name}.${group}`,
      isNamespaced: namespaced,
      apiVersion: groupVersion,
      kind,
      base,
      plural: name,
    }))
}

interface ObjectList {
  readonly metadata?: { readonly continue?: string }
  readonly items?: readonly Omit<KubeObject, 'apiVersion' | 'kind'>[] | null
}

async function listOf(
  get: Get,
  { base, plural, isNamespaced, apiVersion, kind }: ServedResource,
  namespace: string | undefined,
): Promise<readonly KubeObject[]> {
  const within =
    namespace === undefined || !isNamespaced ? '' : `/namespaces/${encodeURIComponent(namespace)}`
  const path = `${base}${within}/${plural}`
  // objects of a list do not say what they are
  const objectsOf = ({ items }: ObjectList): readonly KubeObject[] =>
    (items ?? []).map((item) => ({ apiVersion, kind, ...item }))
  const objects: KubeObject[] = []
  let rest = ''
  do {
    const query = rest === '' ? '' : `&continue=${encodeURIComponent(rest)}`
    const list = await settled(get(`${path}?limit=${CHUNK}${query}`))
    // the server has compacted the revision of the first part: all in one, as kubectl does
    if (list instanceof ApiError && list.code === 410 && rest !== '')
      return objectsOf((await get(path)) as ObjectList)
    if (list instanceof ApiError) throw list
    objects.push(...objectsOf(list as ObjectList))
    rest = (list as ObjectList).metadata?.continue ?? ''
  } while (rest !== '')
  return objects
}

/** Returns what asks the server for a path. */
function getter({ url, user, tls, headers }: ServerAccess): Get {
  const isPlain = url.startsWith('http://')
  const shared = { keepAlive: true, maxSockets: CONNECTIONS }
  const agent = isPlain ? new PlainAgent(shared) : new Agent({ ...shared, ...tls })
  const options = { agent, headers: { accept: 'application/json', ...headers }, timeout: MOST_MS }
  const ask = async (path: string): Promise<unknown> => {
    const response = await responseOf((onResponse) =>
      (isPlain ? plainRequest : request)(`${url}${path}`, options, onResponse),
    )
    const [{ statusCode = 0 }, text] = [response, await bodyOf(response)]
    if (statusCode === 401)
      throw new KnownError(`${url} does not know the user ${user}: its credentials are not valid (401)`)
    if (statusCode !== 200) throw refusal(statusCode, path, text)
    try {
      return parseExactJson(text)
    } catch (error) {
      throw new KnownError(`${url}${path} is no apiserver's: ${text.slice(0, 100)}`, { cause: error })
    }
  }
  return async (path) => {
    try {
      return await ask(path)
    } catch (error) {
      if (error instanceof ApiError || error instanceof KnownError) throw error
      const message = error instanceof Error ? error.message || error.name : String(error)
      throw new Error(`${url} cannot be reached: ${message}`, { cause: error })
    }
  }
}

/** An error that says all: the server can be reached. */
class KnownError extends Error {}

/** Sends a request. */
function responseOf(
  send: (onResponse: (response: IncomingMessage) => void) => ClientRequest,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = send(resolve)
    sent.on('timeout', () => sent.destroy(new Error(`it did not respond within ${MOST_MS / 1_000} s`)))
    sent.on('error', reject)
    sent.end()
  })
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of response) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

function refusal(code: number, path: string, text: string): ApiError {
  try {
    const { message, reason = '' } = JSON.parse(text) as Status
    if (message !== undefined) return new ApiError(code, reason, message)
  } catch {
    // a proxy in between does not write a Status
  }
  return new ApiError(
    code,
    '',
    `GET ${path}: the server responded with ${code}: ${text.slice(0, 200).trim()}`,
  )
}
