import { quote } from '../../lang/go/quote.js'
import type { Container, EnvVar, FileKeySelector, Pod } from '../../api/core/generated.js'
import { Budget, OverBudget } from '../../lang/bounds/budget.js'
import { EXPANSION } from '../runtime/processes/arg-max.js'
import { expanded, lookUp, PATH_MAX, referredNames } from '../runtime/processes/expansion.js'
import { nonRootFault } from '../security-context/identity.js'
import { ConfigFault } from './api-objects.js'
import { fieldOf, resourceFieldOf } from './downward-api.js'
import { EnvObjects, type EnvSources } from './env-objects.js'
import { usedVolumes } from './pod-volumes.js'

const NONE: Readonly<Record<string, string>> = Object.freeze({})

/**
 * Resolves the variables of a container's spec. Source: pkg/kubelet/kubelet_pods.go makeEnvironmentVariables.
 * @throws ConfigFault with the text of the waiting state CreateContainerConfigError.
 */
export function containerEnv(
  pod: Pod,
  container: Container,
  sources: EnvSources,
): Readonly<Record<string, string>> {
  const { serviceEnv } = sources
  const { env = [], envFrom = [] } = container
  if (env.length === 0 && envFrom.length === 0) return NONE
  const values = new Map<string, string>()
  const budget = new Budget(EXPANSION)
  const objects = new EnvObjects(sources)
  let services: Readonly<Record<string, string>> | undefined
  const valueOf = (name: string): string | undefined =>
    values.get(name) ?? lookUp((services ??= serviceEnv()))(name)
  const namespace = pod.metadata.namespace ?? 'default'
  for (const { prefix = '', configMapRef, secretRef } of envFrom) {
    const data = configMapRef
      ? objects.configMap(namespace, configMapRef.name ?? '', configMapRef.optional)
      : secretRef
        ? objects.secret(namespace, secretRef.name ?? '', secretRef.optional)
        : undefined
    for (const key of Object.keys(data ?? {}).sort()) {
      const name = prefix + key
      const value = data?.[key] ?? ''
      budget.take(name.length + value.length)
      values.set(name, value)
    }
  }
  for (const variable of env) {
    const value = variable.valueFrom
      ? referredValue(pod, container, variable.valueFrom, objects, sources)
      : expanded(variable.value ?? '', valueOf, budget)
    if (variable.valueFrom && value !== undefined) budget.take(value.length)
    if (value !== undefined) values.set(variable.name, value)
  }
  return Object.freeze(Object.fromEntries(values))
}

function referredValue(
  pod: Pod,
  container: Container,
  from: NonNullable<EnvVar['valueFrom']>,
  objects: EnvObjects,
  { readVolume }: EnvSources,
): string | undefined {
  const namespace = pod.metadata.namespace ?? 'default'
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = from
  if (fieldRef) return fieldOf(pod, fieldRef.fieldPath) ?? ''
  if (resourceFieldRef) return resourceFieldOf(pod, resourceFieldRef, container) ?? ''
  if (fileKeyRef && readVolume) return fileValue(pod, fileKeyRef, objects)
  const ref = configMapKeyRef ?? secretKeyRef
  // a source that the kubelet does not know leaves the variable empty
  if (!ref) return ''
  const { name = '', key, optional } = ref
  const texts = configMapKeyRef
    ? objects.configMap(namespace, name, optional)
    : objects.secret(namespace, name, optional)
  if (texts !== undefined && Object.hasOwn(texts, key)) return texts[key]
  if (optional === true) return undefined
  throw new ConfigFault(
    `couldn't find key ${key} in ${configMapKeyRef ? 'ConfigMap' : 'Secret'} ${namespace}/${name}`,
  )
}

/** The value of a variable from a file of a volume that some container mounts; undefined leaves it out. */
function fileValue(
  pod: Pod,
  { volumeName, path, key, optional }: FileKeySelector,
  objects: EnvObjects,
): string | undefined {
  if (!usedVolumes(pod).has(volumeName))
    throw new ConfigFault(`cannot find the volume ${quote(volumeName)} referenced by FileKeyRef`)
  const value = objects.file(volumeName, path)?.valueOf(key)
  if (value === undefined) throw new ConfigFault("couldn't parse env file")
  if (value !== '') return value
  if (optional) return undefined
  const uid = pod.metadata.uid ?? ''
  const file = `/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~empty-dir/${volumeName}/${path}`
  throw new ConfigFault(`environment variable key ${quote(key)} not found in file ${quote(file)}`)
}

/**
 * Checks the sub-paths of a container's mounts. Source: kubelet_pods.go makeMounts,
 * pkg/kubelet/container/helpers.go ExpandContainerVolumeMounts. @throws ConfigFault
 */
export function checkSubPaths(
  { name: container, volumeMounts = [] }: Container,
  env: Readonly<Record<string, string>>,
): void {
  for (const { name: volume, subPath = '', subPathExpr = '' } of volumeMounts) {
    if (subPath === '' && subPathExpr === '') continue
    const missing = new Set(referredNames(subPathExpr).filter((name) => (env[name] ?? '') === ''))
    if (missing.size > 0) throw new ConfigFault(`missing value for ${[...missing].sort().join(', ')}`)
    const path = subPathExpr === '' ? subPath : subPathOf(subPathExpr, env, { volume, container })
    if (path.startsWith('/')) throw new ConfigFault(`error SubPath \`${path}\` must not be an absolute path`)
    if (path.split('/').includes('..'))
      throw new ConfigFault(`unable to provision SubPath \`${path}\`: must not contain '..'`)
  }
}

function subPathOf(
  expression: string,
  env: Readonly<Record<string, string>>,
  { volume, container }: { readonly volume: string; readonly container: string },
): string {
  try {
    return expanded(expression, lookUp(env), new Budget(PATH_MAX))
  } catch (error) {
    if (!(error instanceof OverBudget)) throw error
    throw new ConfigFault(
      `failed to create subPath directory for volumeMount "${volume}" of container "${container}"`,
    )
  }
}

/** Checks runAsNonRoot. An undefined image passes. @throws ConfigFault */
export function checkNonRoot(
  pod: Pod,
  container: Container,
  imageUser: string | undefined,
  shownPod: string,
): void {
  const fault = nonRootFault(pod, container, imageUser, shownPod)
  if (fault !== undefined) throw new ConfigFault(fault)
}
