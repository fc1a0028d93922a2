import { defineGroup, int32, list, message, pointer, ref, string } from '../../../api/schema/dsl.js'
import { decode } from '../../../api/schema/decode.js'
import { aggregateText } from '../../../api/field-error.js'
import { fromBase64 } from '../../../lang/bytes/base64.js'
import { quote } from '../../../lang/go/quote.js'
import { DecodeError } from '../../../lang/json/decode-error.js'
import { parseYamlText, YamlError } from '../../../lang/yaml/read.js'
import type { GroupResource } from '../../errors.js'
import {
  EVERYTHING,
  faultsOf,
  groupResource,
  idOf,
  type ProviderKeys,
  type Kms,
  type Provider,
  type EncryptionRule,
  yamlText,
} from './rules.js'
import {
  aesCbc,
  aesGcm,
  identity,
  prefixed,
  type Prefixed,
  secretbox,
  type Transformer,
} from './transformers.js'

/** The fields of the file. Source: apiserver.config.k8s.io/v1. */
const fields = defineGroup('io.k8s.apiserver.pkg.apis.apiserver.v1', 'v1', [], {
  EncryptionConfiguration: () =>
    message({ apiVersion: string, kind: string, resources: list(ref('ResourceConfiguration')) }),
  ResourceConfiguration: () =>
    message({ resources: list(string), providers: list(ref('ProviderConfiguration')) }),
  ProviderConfiguration: () =>
    message({
      aesgcm: ref('Keys'),
      aescbc: ref('Keys'),
      secretbox: ref('Keys'),
      identity: ref('IdentityConfiguration'),
      kms: ref('KMSConfiguration'),
    }),
  Keys: () => message({ keys: list(ref('Key')) }),
  Key: () => message({ name: string, secret: string }),
  IdentityConfiguration: () => message({}),
  KMSConfiguration: () =>
    message({
      apiVersion: string,
      name: string,
      cachesize: pointer(int32),
      endpoint: string,
      timeout: string,
    }),
})

interface Configuration {
  readonly apiVersion?: string
  readonly kind?: string
  readonly resources?: readonly EncryptionRule[]
}

/** Returns how the values of a resource are stored; undefined if as they are, by no rule. */
export type Encryption = (resource: GroupResource) => Transformer | undefined

/**
 * Reads the file of `--encryption-provider-config`. Source: apiserver
 * pkg/server/options/encryptionconfig/config.go.
 * @throws Error with the apiserver's text
 */
export function parseEncryption(text: string, file: string): Encryption {
  const { resources = [] } = read(text, file)
  const faults = faultsOf(resources)
  if (faults.length > 0) throw new Error(`error while parsing file: ${aggregateText(faults)}`)
  const rules = new Map<string, [Prefixed, ...Prefixed[]]>()
  for (const { resources: names = [], providers = [] } of resources) {
    const made = providers.map(prefixedOf) as [Prefixed, ...Prefixed[]] // validated: at least one
    for (const name of names) {
      const own = groupResource(name)
      const masking = [{ group: own.group, resource: '*' }, EVERYTHING].find(
        (each) => rules.has(idOf(each)) && idOf(each) !== idOf(own),
      )
      if (masking !== undefined)
        throw new Error(
          `resource ${quote(yamlText(own))} is masked by earlier rule ${quote(yamlText(masking))}`,
        )
      const before = rules.get(idOf(own))
      rules.set(idOf(own), before === undefined ? made : [...before, ...made])
    }
  }
  const transformers = new Map(
    [...rules].map(([id, all]) => [id, prefixed('no matching prefix found', all)] as const),
  )
  return (resource) =>
    transformers.get(idOf(resource)) ??
    transformers.get(idOf({ group: resource.group, resource: '*' })) ??
    transformers.get(idOf(EVERYTHING))
}

function read(text: string, file: string): Configuration {
  const fault = (why: string): Error => new Error(`error while parsing file: ${why}`)
  const undecodable = (why: string): Error =>
    fault(`error decoding encryption provider configuration file ${quote(file)}: ${why}`)
  if (text === '')
    throw fault(`error while loading file: encryption provider configuration file ${quote(file)} is empty`)
  try {
    const value = parseYamlText(text) as Configuration | null
    const { apiVersion = '', kind = '' } = value ?? {}
    if (apiVersion !== 'apiserver.config.k8s.io/v1' || kind !== 'EncryptionConfiguration')
      throw undecodable(
        kind === ''
          ? `Object 'Kind' is missing in '${text}'`
          : apiVersion === ''
            ? `Object 'apiVersion' is missing in '${text}'`
            : `no kind ${quote(kind)} is registered for version ${quote(apiVersion)} in scheme ` +
              '"k8s.io/apiserver/pkg/server/options/encryptionconfig/config.go:82"',
      )
    return decode<Configuration>(fields.message(kind), value).object
  } catch (error) {
    if (error instanceof YamlError) throw undecodable(`error converting YAML to JSON: ${error.message}`)
    throw error instanceof DecodeError ? undecodable(error.message) : error
  }
}

function prefixedOf({ aesgcm, aescbc, secretbox: box, kms }: Provider): Prefixed {
  if (aesgcm !== undefined) return ofKeys(aesgcm, 'aesgcm', aesGcm, 'AES')
  if (aescbc !== undefined) return ofKeys(aescbc, 'aescbc', aesCbc, 'AES')
  if (box !== undefined) return ofKeys(box, 'secretbox', secretbox, 'Secretbox')
  if (kms !== undefined) throw kmsFault(kms)
  return { prefix: '', transformer: identity }
}

function ofKeys(
  { keys = [] }: ProviderKeys,
  kind: string,
  make: (secret: Uint8Array) => Transformer,
  family: string,
): Prefixed {
  const all = keys.map(({ name = '', secret = '' }): Prefixed => ({
    prefix: `${name}:`,
    transformer: make(fromBase64(secret)),
  })) as [Prefixed, ...Prefixed[]] // validated: at least one
  return {
    prefix: `k8s:enc:${kind}:v1:`,
    transformer: prefixed(`no matching key was found for the provided ${family} transformer`, all),
  }
}

/** No plugin listens on a simulated machine: the real server starts without it, and never gets healthy. */
function kmsFault({ apiVersion, name = '', endpoint = '' }: Kms): Error {
  if (apiVersion === 'v1' || apiVersion === undefined)
    return new Error(
      'KMSv1 is deprecated and will only receive security updates going forward. Use KMSv2 instead.  Set ' +
        '--feature-gates=KMSv1=true to use the deprecated KMSv1 feature.',
    )
  return new Error(
    `kms-provider-0 check failed: failed to perform status section of the healthz check for KMS Provider ` +
      `${name}, error: connection error: desc = "transport: Error while dialing: dial unix ` +
      `${endpoint.replace(/^unix:\/\//, '')}: connect: no such file or directory"`,
  )
}
