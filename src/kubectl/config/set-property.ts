import { boolFault, parseBool } from '../../lang/go/bool.js'
import { quote } from '../../lang/go/quote.js'
import type { CommandLine } from '../call/call.js'
import { toBase64 } from '../create/config-data.js'
import { KubectlError } from '../call/errors.js'
import type { ListName } from './file.js'
import { changeEntry, changeFile, fileOf, LISTS, withFields } from './file.js'

/** The fields of each list that a path can set. */
const FIELDS: Readonly<Record<ListName, readonly string[]>> = {
  clusters: [
    'server',
    'tls-server-name',
    'insecure-skip-tls-verify',
    'certificate-authority',
    'certificate-authority-data',
    'proxy-url',
    'disable-compression',
  ],
  contexts: ['cluster', 'user', 'namespace'],
  users: [
    'client-certificate',
    'client-certificate-data',
    'client-key',
    'client-key-data',
    'token',
    'tokenFile',
    'as',
    'as-uid',
    'username',
    'password',
  ],
}
const BOOLEANS: readonly string[] = ['insecure-skip-tls-verify', 'disable-compression']

/** `kubectl config set PROPERTY VALUE`. Source: kubectl pkg/cmd/config/set.go. */
export function setProperty(call: CommandLine): void {
  const { args, out } = call
  const [property, value] = args
  if (property === undefined || value === undefined || args.length > 2)
    throw new KubectlError(`Unexpected args: [${args.join(' ')}]`)
  if (property === 'current-context') {
    changeFile(
      call,
      fileOf(call, ({ currentContext }) => currentContext !== ''),
      (content) => ({ ...content, currentContext: value }),
    )
  } else {
    const { list, name, field } = placeOf(property)
    if (name === '' || field === '') throw new KubectlError(`can't set a map to a value: ${property}`)
    const wanted = valueOf(call, field, value)
    changeEntry(call, list, name, (before) => withFields(before, { [field]: wanted }))
  }
  out.line(`Property ${quote(property)} set.`)
}

/** `kubectl config unset PROPERTY`. Source: kubectl pkg/cmd/config/unset.go. */
export function unsetProperty(call: CommandLine): void {
  const { args, out, kubeconfig } = call
  const [property] = args
  if (property === undefined || args.length > 1)
    throw new KubectlError(`Unexpected args: [${args.join(' ')}]`)
  if (property === 'current-context') {
    changeFile(
      call,
      fileOf(call, ({ currentContext }) => currentContext !== ''),
      (content) => ({ ...content, currentContext: '' }),
    )
  } else {
    const { list, name, field } = placeOf(property)
    if (name === '') changeFile(call, kubeconfig.path, (content) => ({ ...content, [list]: [] }))
    else if (kubeconfig.content[list].some((one) => one.name === name))
      changeEntry(call, list, name, (before) =>
        field === '' ? undefined : withFields(before, { [field]: undefined }),
      )
  }
  out.line(`Property ${quote(property)} unset.`)
}

interface PropertyPath {
  readonly list: ListName
  /** '' means the whole list. */
  readonly name: string
  /** '' means the whole entry. */
  readonly field: string
}

/** Parses `clusters.NAME.FIELD`; names may contain dots, fields may not. */
function placeOf(property: string): PropertyPath {
  const [list = '', ...rest] = property.split('.')
  if (!Object.hasOwn(LISTS, list))
    throw new KubectlError(`unable to parse ${property} after [] at api.Config`)
  const last = rest.at(-1) ?? ''
  const isField = rest.length > 1 && FIELDS[list as ListName].includes(last)
  return {
    list: list as ListName,
    name: (isField ? rest.slice(0, -1) : rest).join('.'),
    field: isField ? last : '',
  }
}

function valueOf({ flags }: CommandLine, field: string, value: string): string | boolean {
  if (BOOLEANS.includes(field)) {
    const parsed = parseBool(value)
    if (parsed === undefined) throw new KubectlError(boolFault(value))
    return parsed
  }
  if (!field.endsWith('-data')) return value
  if (flags.bool('set-raw-bytes')) return toBase64(value)
  const bad = /[^A-Za-z0-9+/=]/.exec(value)
  const fault = bad?.index ?? (value.length % 4 === 0 ? undefined : value.length - (value.length % 4))
  if (fault !== undefined)
    throw new KubectlError(`error decoding input value: illegal base64 data at input byte ${fault}`)
  return value
}
