import { type FieldError, invalid, required } from '../../../api/field-error.js'
import { fromBase64 } from '../../../lang/bytes/base64.js'
import { resourceText, type GroupResource } from '../../errors.js'

/** Keys of a provider, in the order in which they are tried; the first one writes. */
export interface ProviderKeys {
  readonly keys?: readonly { readonly name?: string; readonly secret?: string }[]
}

/** A plugin. */
export interface Kms {
  readonly apiVersion?: string
  readonly name?: string
  readonly endpoint?: string
}

/** A way to store values: exactly one of these. */
export interface Provider {
  readonly aesgcm?: ProviderKeys
  readonly aescbc?: ProviderKeys
  readonly secretbox?: ProviderKeys
  readonly identity?: object
  readonly kms?: Kms
}

/** Resources, and how they are stored. */
export interface EncryptionRule {
  readonly resources?: readonly string[]
  readonly providers?: readonly Provider[]
}

/** All resources. */
export const EVERYTHING: GroupResource = { group: '*', resource: '*' }
/** Tells resources apart. */
export const idOf = ({ group, resource }: GroupResource): string => `${resource}.${group}`
/** As the file has it. */
export const yamlText = (of: GroupResource): string =>
  of.group === '' && of.resource === '*' ? '*.' : resourceText(of)

/** Parses `deployments.apps`; `*.` is all of the core group. */
export function groupResource(name: string): GroupResource {
  const [, resource = '', group = ''] = /^([^.]*)(?:\.(.*))?$/s.exec(name) ?? []
  return { group, resource }
}

const AES_SIZES = [16, 24, 32]
const SECRETBOX_SIZES = [32]

/**
 * Returns what is wrong with rules. Source: apiserver
 * pkg/apis/apiserver/validation/validation_encryption.go.
 */
export function faultsOf(resources: readonly EncryptionRule[]): readonly FieldError[] {
  if (resources.length === 0) return [required('resources', 'at least one resources is required')]
  const atLeastOne = (path: string): FieldError => required(path, `at least one ${path} is required`)
  return resources.flatMap(({ resources: names = [], providers = [] }, at) => {
    const path = `resources[${at}]`
    return [
      ...(names.length === 0 ? [atLeastOne(`${path}.resources`)] : []),
      ...overlaps(names, `${path}.resources`),
      ...names.flatMap((name, index) => nameFaults(name, `${path}.resources[${index}]`)),
      ...(providers.length === 0 ? [atLeastOne(`${path}.providers`)] : []),
      ...providers.flatMap((provider, index) => providerFaults(provider, `${path}.providers[${index}]`)),
    ]
  })
}

function overlaps(names: readonly string[], path: string): readonly FieldError[] {
  const all = names.map(groupResource)
  const isTwice = new Set(all.map(idOf)).size < all.length
  const isMasked = all.some((one, at) =>
    all.some(
      (other, index) =>
        at !== index &&
        idOf(one) !== idOf(other) &&
        (idOf(one) === idOf(EVERYTHING) ||
          (one.group === other.group && (one.resource === '*' || other.resource === '*'))),
    ),
  )
  return [
    ...(isTwice ? [invalid(path, names, 'the same resource cannot be specified multiple times')] : []),
    ...(isMasked
      ? [
          invalid(
            path,
            names,
            "using overlapping resources such as 'secrets' and '*.' in the same resource list is not " +
              'allowed as they will be masked',
          ),
        ]
      : []),
  ]
}

const WITHOUT_API = ['apiserveripinfo', 'serviceipallocations', 'servicenodeportallocations']

function nameFaults(name: string, path: string): readonly FieldError[] {
  const { group, resource } = groupResource(name)
  const fault =
    name.toLowerCase() !== name
      ? 'resource name should not contain capital letters'
      : name === '*'
        ? "use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources"
        : WITHOUT_API.includes(name)
          ? 'resources which do not have REST API/s cannot be encrypted'
          : group === 'events.k8s.io'
            ? "'*.events.k8s.io' objects are stored using the 'events' API group in etcd. Use 'events' " +
              'instead in the config file'
            : group === 'extensions'
              ? "'extensions' group has been removed and cannot be used for encryption"
              : group === '*' && resource !== '*'
                ? 'encrypting the same resource across groups is not supported'
                : undefined
  return fault === undefined ? [] : [invalid(path, name, fault)]
}

function providerFaults(provider: Provider, path: string): readonly FieldError[] {
  const { aesgcm, aescbc, secretbox: box } = provider
  const given = Object.keys(provider)
  const counted =
    given.length === 0
      ? [
          invalid(
            path,
            {},
            'provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, Secretbox, ' +
              'Identity',
          ),
        ]
      : given.length > 1
        ? [
            invalid(
              path,
              provider,
              'more than one provider specified in a single element, should split into different list ' +
                'elements',
            ),
          ]
        : []
  return [
    ...counted,
    ...(aesgcm === undefined ? [] : keyFaults(aesgcm, `${path}.aesgcm.keys`, AES_SIZES)),
    ...(aescbc === undefined ? [] : keyFaults(aescbc, `${path}.aescbc.keys`, AES_SIZES)),
    ...(box === undefined ? [] : keyFaults(box, `${path}.secretbox.keys`, SECRETBOX_SIZES)),
  ]
}

function keyFaults(
  { keys = [] }: ProviderKeys,
  path: string,
  sizes: readonly number[],
): readonly FieldError[] {
  if (keys.length === 0) return [required(path, 'at least one keys is required')]
  return keys.flatMap(({ name = '', secret = '' }, at) => [
    ...(name === '' ? [required(`${path}[${at}].name`, 'name is a mandatory field for a key')] : []),
    ...secretFaults(secret, `${path}[${at}].secret`, sizes),
  ])
}

function secretFaults(secret: string, path: string, sizes: readonly number[]): readonly FieldError[] {
  if (secret === '') return [required(path, 'secret is a mandatory field for a key')]
  // Go's decoder ignores line ends and nothing else, and wants all padding
  const text = secret.replaceAll(/[\r\n]/g, '')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0)
    return [invalid(path, 'REDACTED', 'secrets must be base64 encoded')]
  const { length } = fromBase64(text)
  return sizes.includes(length)
    ? []
    : [
        invalid(
          path,
          'REDACTED',
          `secret is not of the expected length, got ${length}, expected one of [${sizes.join(' ')}]`,
        ),
      ]
}
