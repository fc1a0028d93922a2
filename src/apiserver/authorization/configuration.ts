import {
  aggregateText,
  duplicate,
  type FieldError,
  invalid,
  notSupported,
  required,
} from '../../api/field-error.js'
import { DurationError, parseGoDuration } from '../../lang/go/duration.js'
import { isMap, type JsonMap } from '../../lang/json/maps.js'
import { exactJson } from '../../lang/json/exact-json.js'
import { parseYamlText, YamlError } from '../../lang/yaml/read.js'

/** The webhook of an authorizer in an AuthorizationConfiguration, with its defaults. */
export interface ConfiguredWebhook {
  readonly timeout: string
  readonly authorizedTTL: string
  readonly unauthorizedTTL: string
  readonly failurePolicy: 'NoOpinion' | 'Deny'
  readonly matchConditions: readonly { readonly expression: string }[]
  /** The kubeconfig that names the server; undefined for the apiserver itself (InClusterConfig). */
  readonly kubeConfigFile: string | undefined
}

/** An authorizer of an AuthorizationConfiguration. */
export type ConfiguredAuthorizer =
  | { readonly type: 'Webhook'; readonly name: string; readonly webhook: ConfiguredWebhook }
  | { readonly type: 'Node' | 'RBAC' | 'AlwaysAllow' | 'AlwaysDeny' | 'ABAC'; readonly name: string }

const VERSIONS = ['v1', 'v1beta1', 'v1alpha1'].map((version) => `apiserver.config.k8s.io/${version}`)
/** The types that may stand in a file. Source: ValidateAuthorizationConfiguration. */
const TYPES = ['ABAC', 'AlwaysAllow', 'AlwaysDeny', 'Node', 'RBAC', 'Webhook']
const LONGEST_TIMEOUT = 30_000

/**
 * Reads the file of `--authorization-config`. `faultOf` says what is wrong with a match condition.
 * @throws Error with the apiserver's text. Source: apiserver pkg/server/options/authorizationconfig,
 *   pkg/apis/apiserver/validation
 */
export function parseAuthorization(
  text: string,
  faultOf: (expression: string) => string | undefined,
): readonly ConfiguredAuthorizer[] {
  const config = decode(text)
  const errors: FieldError[] = []
  const authorizers = Array.isArray(config['authorizers']) ? config['authorizers'] : []
  if (authorizers.length === 0)
    errors.push(required('authorizers', 'at least one authorization mode must be defined'))
  const seen = { types: new Set<string>(), names: new Set<string>() }
  const read = authorizers.map((each: unknown, at) => {
    const path = `authorizers[${at}]`
    return authorizerOf(isMap(each) ? each : {}, { path, seen, errors, faultOf })
  })
  if (errors.length > 0) throw new Error(aggregateText(errors))
  return read
}

function decode(text: string): JsonMap {
  let parsed: unknown
  try {
    parsed = parseYamlText(text)
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    throw loading(`error converting YAML to JSON: ${error.message}`)
  }
  const config = isMap(parsed) ? parsed : {}
  const { apiVersion = '', kind = '' } = config
  if (kind === '' || apiVersion === '')
    throw loading(`Object '${kind === '' ? 'Kind' : 'apiVersion'}' is missing in '${exactJson(config)}'`)
  if (kind !== 'AuthorizationConfiguration' || !VERSIONS.includes(String(apiVersion)))
    throw loading(`no kind "${String(kind)}" is registered for version "${String(apiVersion)}" in scheme`)
  refuseUnknownFields(config)
  return config
}

const loading = (why: string): Error =>
  new Error(`failed to load AuthorizationConfiguration from file: ${why}`)

const WEBHOOK_FIELDS = [
  'authorizedTTL',
  'cacheAuthorizedRequests',
  'unauthorizedTTL',
  'cacheUnauthorizedRequests',
  'timeout',
  'subjectAccessReviewVersion',
  'matchConditionSubjectAccessReviewVersion',
  'failurePolicy',
  'connectionInfo',
  'matchConditions',
]

/** The file is decoded strictly. */
function refuseUnknownFields(config: JsonMap): void {
  const unknown: string[] = []
  const check = (value: unknown, known: readonly string[], path: string): void => {
    if (!isMap(value)) return
    for (const key of Object.keys(value))
      if (!known.includes(key)) unknown.push(`unknown field "${path}${key}"`)
  }
  check(config, ['apiVersion', 'kind', 'authorizers'], '')
  const { authorizers } = config
  for (const [at, each] of (Array.isArray(authorizers) ? authorizers : []).entries()) {
    if (!isMap(each)) continue
    check(each, ['type', 'name', 'webhook'], `authorizers[${at}].`)
    check(each['webhook'], WEBHOOK_FIELDS, `authorizers[${at}].webhook.`)
  }
  if (unknown.length > 0) throw loading(`strict decoding error: ${unknown.join(', ')}`)
}

interface Reading {
  readonly path: string
  readonly seen: { readonly types: Set<string>; readonly names: Set<string> }
  readonly errors: FieldError[]
  readonly faultOf: (expression: string) => string | undefined
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

function authorizerOf(fields: JsonMap, reading: Reading): ConfiguredAuthorizer {
  const { path, seen, errors } = reading
  const [type, name] = [textOf(fields['type']), textOf(fields['name'])]
  if (type === '') errors.push(required(`${path}.type`))
  else if (!TYPES.includes(type)) errors.push(notSupported(`${path}.type`, type, TYPES))
  else if (type !== 'Webhook' && seen.types.has(type)) errors.push(duplicate(`${path}.type`, type))
  seen.types.add(type)
  if (name === '') errors.push(required(`${path}.name`))
  else if (seen.names.has(name)) errors.push(duplicate(`${path}.name`, name))
  seen.names.add(name)
  const { webhook } = fields
  if (type !== 'Webhook') {
    if (webhook !== undefined)
      errors.push(invalid(`${path}.webhook`, 'non-null', 'may only be specified when type=Webhook'))
    return { type: type as 'RBAC', name }
  }
  if (!isMap(webhook)) errors.push(required(`${path}.webhook`, 'required when type=Webhook'))
  return {
    type,
    name,
    webhook: webhookOf(isMap(webhook) ? webhook : {}, { ...reading, path: `${path}.webhook` }),
  }
}

/** Source: ValidateWebhookConfiguration. */
function webhookOf(fields: JsonMap, reading: Reading): ConfiguredWebhook {
  const { path, errors } = reading
  const timeout = durationAt('timeout', fields, reading)
  if (timeout === undefined || timeout.ms === 0) errors.push(required(`${path}.timeout`))
  else if (timeout.ms < 0) errors.push(invalid(`${path}.timeout`, timeout.text, 'must be > 0s and <= 30s'))
  else if (timeout.ms > LONGEST_TIMEOUT)
    errors.push(invalid(`${path}.timeout`, timeout.text, 'must be > 0s and <= 30s'))
  const ttl = (name: string, usual: string): string => {
    const given = durationAt(name, fields, reading)
    if (given !== undefined && given.ms <= 0)
      errors.push(invalid(`${path}.${name}`, given.text, 'must be > 0s'))
    return given?.text ?? usual
  }
  oneOf('subjectAccessReviewVersion', fields, ['v1', 'v1beta1'], reading)
  const { matchConditions = [] } = fields
  const conditions = (Array.isArray(matchConditions) ? matchConditions : []).map((each: unknown) =>
    isMap(each) ? textOf(each['expression']) : '',
  )
  if (conditions.length > 0 || fields['matchConditionSubjectAccessReviewVersion'] !== undefined)
    oneOf('matchConditionSubjectAccessReviewVersion', fields, ['v1'], reading)
  oneOf('failurePolicy', fields, ['Deny', 'NoOpinion'], reading)
  for (const [at, expression] of conditions.entries()) {
    const field = `${path}.matchConditions[${at}].expression`
    const fault = expression === '' ? undefined : reading.faultOf(expression)
    if (expression === '') errors.push(required(field))
    else if (fault !== undefined) errors.push(invalid(field, expression, fault))
  }
  const caches = (name: string): boolean => fields[name] !== false
  return {
    timeout: timeout?.text ?? '30s',
    authorizedTTL: caches('cacheAuthorizedRequests') ? ttl('authorizedTTL', '5m0s') : '0s',
    unauthorizedTTL: caches('cacheUnauthorizedRequests') ? ttl('unauthorizedTTL', '30s') : '0s',
    failurePolicy: fields['failurePolicy'] === 'Deny' ? 'Deny' : 'NoOpinion',
    matchConditions: conditions.map((expression) => ({ expression })),
    kubeConfigFile: connectionOf(fields, reading),
  }
}

function oneOf(name: string, fields: JsonMap, allowed: readonly string[], { path, errors }: Reading): void {
  const value = textOf(fields[name])
  if (value === '') errors.push(required(`${path}.${name}`))
  else if (!allowed.includes(value)) errors.push(notSupported(`${path}.${name}`, value, allowed))
}

function connectionOf(fields: JsonMap, { path, errors }: Reading): string | undefined {
  const at = `${path}.connectionInfo`
  const info = isMap(fields['connectionInfo']) ? fields['connectionInfo'] : {}
  const [type, file] = [textOf(info['type']), textOf(info['kubeConfigFile'])]
  if (type === '') errors.push(required(`${at}.type`))
  else if (type === 'InClusterConfig') {
    if (file !== '')
      errors.push(invalid(`${at}.kubeConfigFile`, file, 'can only be set when type=KubeConfigFile'))
  } else if (type !== 'KubeConfigFile')
    errors.push(notSupported(`${at}.type`, type, ['InClusterConfig', 'KubeConfigFile']))
  else if (file === '') errors.push(required(`${at}.kubeConfigFile`))
  else if (!file.startsWith('/'))
    errors.push(invalid(`${at}.kubeConfigFile`, file, 'must be an absolute path'))
  return type === 'KubeConfigFile' && file !== '' ? file : undefined
}

function durationAt(
  name: string,
  fields: JsonMap,
  { path, errors }: Reading,
): { readonly ms: number; readonly text: string } | undefined {
  const value = fields[name]
  if (value === undefined || value === null) return undefined
  try {
    const text = typeof value === 'string' ? value : exactJson(value)
    return { ms: parseGoDuration(text), text }
  } catch (error) {
    if (!(error instanceof DurationError)) throw error
    errors.push(invalid(`${path}.${name}`, value, error.message))
    return undefined
  }
}
