import type { Pod, Secret } from '../../api/core/generated.js'
import { secretData } from '../runtime/volumes.js'
import type { ApiObjects } from '../pods/api-objects.js'
import { ConfigFault } from '../pods/api-objects.js'

/** The credentials with which a pod pulls images. */
export interface PullSecrets {
  /** Registries with credentials, or parts of them: `registry.example.com/team`. */
  readonly registries: readonly string[]
  /** Secrets that could not be read. */
  readonly missing: readonly string[]
}

const NONE: PullSecrets = { registries: [], missing: [] }

/**
 * Reads the pull secrets of a pod. Source: pkg/kubelet/kubelet_pods.go getPullSecretsForPod,
 * pkg/credentialprovider/secrets.
 */
export function pullSecretsOf({ metadata, spec }: Pod, objects: ApiObjects): PullSecrets {
  if (!spec.imagePullSecrets?.length) return NONE
  const registries: string[] = []
  const missing: string[] = []
  for (const { name = '' } of spec.imagePullSecrets) {
    if (name === '') continue
    try {
      registries.push(...registriesOf(objects.secret(metadata.namespace ?? 'default', name, false)))
    } catch (error) {
      if (!(error instanceof ConfigFault)) throw error
      missing.push(name)
    }
  }
  return { registries, missing }
}

function registriesOf(secret: Secret | undefined): readonly string[] {
  const data = secretData(secret)
  const json = data['.dockerconfigjson'] ?? data['.dockercfg']
  if (json === undefined) return []
  try {
    const config: unknown = JSON.parse(json)
    const auths: unknown =
      '.dockerconfigjson' in data ? (config as { auths?: unknown } | null)?.auths : config
    return typeof auths === 'object' && auths !== null ? Object.keys(auths).map(withoutScheme) : []
  } catch {
    return []
  }
}

function withoutScheme(registry: string): string {
  return registry.replace(/^https?:\/\//, '').replace(/\/(?:v[12]\/?)?$/, '')
}

/** Whether any of the credentials matches an image's full name. Source: pkg/credentialprovider/keyring.go. */
export function mayPull(registries: readonly string[], fullName: string): boolean {
  return registries.some((registry) => {
    const known = registry === 'index.docker.io' ? 'docker.io' : registry
    const [host = '', ...path] = known.split('/')
    const [imageHost = '', ...rest] = fullName.split('/')
    return matchesHost(host, imageHost) && rest.join('/').startsWith(path.join('/'))
  })
}

/** Matches a host; `*` stands for anything within one label. */
function matchesHost(pattern: string, host: string): boolean {
  const wanted = pattern.split('.')
  const parts = host.split('.')
  return wanted.length === parts.length && wanted.every((part, at) => matchesPart(part, parts[at] ?? ''))
}

function matchesPart(pattern: string, text: string): boolean {
  const [first = '', ...others] = pattern.split('*')
  if (others.length === 0) return pattern === text
  const last = others.pop() ?? ''
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length)
    return false
  let at = first.length
  for (const piece of others) {
    const found = text.indexOf(piece, at)
    if (found < 0 || found + piece.length > text.length - last.length) return false
    at = found + piece.length
  }
  return true
}

/** containerd's error for an image that its registry does not have. */
export function absentText(fullName: string): string {
  // Docker Hub does not tell a missing repository from a private one
  if (fullName.startsWith('docker.io/')) return deniedText(fullName)
  return (
    `rpc error: code = NotFound desc = failed to pull and unpack image "${fullName}": failed to resolve ` +
    `reference "${fullName}": ${fullName}: not found`
  )
}

/** containerd's error for an image that needs credentials. */
export function deniedText(fullName: string): string {
  const [host = '', ...rest] = fullName.split('/')
  const failed =
    `rpc error: code = Unknown desc = failed to pull and unpack image "${fullName}": failed to resolve ` +
    `reference "${fullName}": `
  if (host === 'docker.io')
    return (
      `${failed}pull access denied, repository does not exist or may require authorization: server ` +
      'message: insufficient_scope: authorization failed'
    )
  const path = rest.join('/')
  const at = path.includes('@') ? path.indexOf('@') : path.lastIndexOf(':')
  return (
    `${failed}unexpected status from HEAD request to ` +
    `https://${host}/v2/${path.slice(0, at)}/manifests/${path.slice(at + 1)}: 401 Unauthorized`
  )
}
