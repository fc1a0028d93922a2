import { quote } from '../../lang/go/quote.js'
import { textOfBytes } from '../../lang/bytes/byte-text.js'
import type { Container, EnvVarSource, ResourceFieldSelector } from '../../api/core/generated.js'
import { qualifiedNameFaults } from '../../api/validation/names.js'
import { fromBase64 } from '../../lang/bytes/base64.js'
import { quantityMilliValue, quantityValue } from '../../api/quantity.js'
import type { CommandLine } from '../call/call.js'
import { isFailure, KubectlError } from '../call/errors.js'
import type { Info } from '../args/resource-args.js'

/**
 * Prints the variables of a container (`set env --list`); with `--resolve` what they refer to, and at the end
 * why some could not be resolved. Source: kubectl pkg/cmd/set/set_env.go RunEnv.
 */
export function listEnv(call: CommandLine, info: Info, container: Container): void {
  const { out, flags } = call
  const unresolved = new Map<string, string[]>()
  out.line(`# ${info.definition.kind} ${info.name}, container ${container.name}`)
  for (const { name, value = '', valueFrom } of container.env ?? []) {
    if (valueFrom === undefined) {
      out.line(`${name}=${value}`)
      continue
    }
    const found = flags.bool('resolve') ? resolved(call, info, container, valueFrom) : undefined
    if (typeof found === 'string') out.line(`${name}=${found}`)
    else out.line(`# ${name} from ${referenceText(valueFrom)}`)
    if (found instanceof Error)
      unresolved.set(found.message, [...(unresolved.get(found.message) ?? []), name])
  }
  const texts = Array.from(
    unresolved,
    ([text, names]) => `error retrieving reference for ${[...names].sort().join(', ')}: ${text}`,
  )
  for (const text of texts.sort()) out.errorLine(text)
}

/** Source: kubectl pkg/cmd/set/env/env_resolve.go GetEnvVarRefString. */
function referenceText({ configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef }: EnvVarSource): string {
  if (configMapKeyRef !== undefined)
    return `configmap ${configMapKeyRef.name ?? ''}, key ${configMapKeyRef.key}`
  if (secretKeyRef !== undefined) return `secret ${secretKeyRef.name ?? ''}, key ${secretKeyRef.key}`
  if (fieldRef !== undefined) return `field path ${fieldRef.fieldPath}`
  if (resourceFieldRef === undefined) return 'invalid valueFrom'
  const { containerName = '', resource } = resourceFieldRef
  return `resource field ${containerName === '' ? '' : `${containerName}/`}${resource}`
}

function resolved(call: CommandLine, info: Info, container: Container, source: EnvVarSource): string | Error {
  try {
    return valueOf(call, info, container, source)
  } catch (error) {
    if (!isFailure(error)) throw error
    return error
  }
}

/**
 * Returns what a variable refers to, as far as kubectl knows it: fields of the object, not of its pods.
 * Source: kubectl pkg/cmd/set/env/env_resolve.go GetEnvVarRefValue.
 */
function valueOf(
  { client, namespace }: CommandLine,
  { object }: Info,
  container: Container,
  { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef }: EnvVarSource,
): string {
  if (secretKeyRef !== undefined) {
    const { name = '', key } = secretKeyRef
    const value = client.get('secrets', { namespace, name }).data?.[key]
    if (value === undefined) throw new KubectlError(`key ${key} not found in secret ${name}`)
    return textOfBytes(fromBase64(value))
  }
  if (configMapKeyRef !== undefined) {
    const { name = '', key } = configMapKeyRef
    const value = client.get('configmaps', { namespace, name }).data?.[key]
    if (value === undefined) throw new KubectlError(`key ${key} not found in config map ${name}`)
    return value
  }
  if (fieldRef !== undefined) return fieldOf(object, fieldRef.fieldPath)
  if (resourceFieldRef !== undefined) return resourceOf(container, resourceFieldRef)
  throw new KubectlError('invalid valueFrom')
}

/** Source: kubectl pkg/cmd/set/env/env_resolve.go extractFieldPathAsString. */
function fieldOf({ metadata }: Info['object'], path: string): string {
  const open = path.indexOf("['", 1)
  if (open > 0 && path.endsWith("']") && path.length >= open + 4) {
    const [map, key] = [path.slice(0, open), path.slice(open + 2, -2)]
    const isAnnotation = map === 'metadata.annotations'
    if (!isAnnotation && map !== 'metadata.labels')
      throw new KubectlError(`fieldPath ${quote(path)} does not support subscript`)
    const entries = isAnnotation ? metadata.annotations : metadata.labels
    const faults = qualifiedNameFaults(isAnnotation ? key.toLowerCase() : key)
    if (faults.length > 0) throw new KubectlError(`invalid key subscript in ${path}: ${faults.join(';')}`)
    return entries?.[key] ?? ''
  }
  switch (path) {
    case 'metadata.annotations':
      return mapText(metadata.annotations)
    case 'metadata.labels':
      return mapText(metadata.labels)
    case 'metadata.name':
      return metadata.name ?? ''
    case 'metadata.namespace':
      return metadata.namespace ?? ''
    case 'metadata.uid':
      return metadata.uid ?? ''
    default:
      throw new KubectlError(`unsupported fieldPath: ${path}`)
  }
}

const mapText = (map: Readonly<Record<string, string>> = {}): string =>
  Object.keys(map)
    .sort()
    .map((key) => `${key}=${JSON.stringify(map[key])}`)
    .join('\n')

/** Source: kubectl pkg/cmd/set/env/env_resolve.go extractContainerResourceValue. */
function resourceOf(
  { resources = {} }: Container,
  { resource, divisor = '0' }: ResourceFieldSelector,
): string {
  const [, list, name = ''] =
    /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.*)$/s.exec(resource) ?? []
  if (list === undefined) throw new KubectlError(`Unsupported container resource : ${resource}`)
  const quantity = (list === 'limits' ? resources.limits : resources.requests)?.[name] ?? '0'
  const unit = quantityMilliValue(divisor) === 0 ? '1' : divisor
  return String(
    name === 'cpu'
      ? Math.ceil(quantityMilliValue(quantity) / quantityMilliValue(unit))
      : Math.ceil(quantityValue(quantity) / quantityValue(unit)),
  )
}
